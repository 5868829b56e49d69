// The server, as the commands ask it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "clients/cli/command.h"
#include "clients/cli/failure_sentence.h"
#include "clients/cli/table.h"
#include "usher/v1/entitlement.grpc.pb.h"
#include "usher/v1/event.grpc.pb.h"
#include "usher/v1/ingest.grpc.pb.h"
#include "usher/v1/key.grpc.pb.h"
#include "usher/v1/role.grpc.pb.h"
#include "usher/v1/tenant.grpc.pb.h"
#include "usher/v1/test_clock.grpc.pb.h"
#include "usher/v1/work.grpc.pb.h"

namespace usher {

using EntitlementStub = v1::EntitlementService::StubInterface;
using TenantStub = v1::TenantService::StubInterface;
using EventStub = v1::EventService::StubInterface;
using IngestStub = v1::IngestService::StubInterface;
using KeyStub = v1::KeyService::StubInterface;
using RoleStub = v1::RoleService::StubInterface;
using WorkStub = v1::WorkService::StubInterface;
using TestClockStub = v1::TestClockService::StubInterface;

// One connection and a stub for each service. Nothing is sent before the first question.
class Server {
 public:
  explicit Server(const ServerOptions& options);

  EntitlementStub& entitlements() { return *entitlements_; }
  TenantStub& tenants() { return *tenants_; }
  EventStub& events() { return *events_; }
  IngestStub& ingest() { return *ingest_; }
  KeyStub& keys() { return *keys_; }
  RoleStub& roles() { return *roles_; }
  WorkStub& work() { return *work_; }
  TestClockStub& test_clock() { return *test_clock_; }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::EntitlementService::Stub> entitlements_;
  const std::unique_ptr<v1::TenantService::Stub> tenants_;
  const std::unique_ptr<v1::EventService::Stub> events_;
  const std::unique_ptr<v1::IngestService::Stub> ingest_;
  const std::unique_ptr<v1::KeyService::Stub> keys_;
  const std::unique_ptr<v1::RoleService::Stub> roles_;
  const std::unique_ptr<v1::WorkService::Stub> work_;
  const std::unique_ptr<v1::TestClockService::Stub> test_clock_;
};

// A command says that it cannot be answered when a question has taken longer than this.
inline constexpr std::chrono::seconds kPatience{10};

// The context of one question.
struct Question {
  explicit Question(std::chrono::seconds patience);
  grpc::ClientContext context;
};

// Writes out every character of the texts within `message` that would steer a terminal.
void MakeVisible(google::protobuf::Message& message);

// Puts one question to a method of a stub interface, `&TenantStub::GetTenant`; nullopt after printing why it failed. An
// answer that people will read is made visible: whatever is printed of it shows and does not act. JSON keeps the answer
// as it is, and escapes it itself.
template <typename Stub, typename Request, typename Response>
std::optional<Response> Ask(const CommandContext& context, Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                            const Request& request, std::chrono::seconds patience = kPatience) {
  Question question(patience);
  Response response;
  const grpc::Status status = (stub.*method)(&question.context, request, &response);
  if (status.ok()) {
    if (context.format != "json") MakeVisible(response);
    return response;
  }
  CouldNotAsk(context, SentenceFor(status, context.server));
  return std::nullopt;
}

// `message` as protobuf says JSON is, indented, defaults printed, with a line end; what would steer a terminal is
// escaped.
std::string ToJson(const google::protobuf::Message& message);

// Prints `response` as JSON when the caller asked for that; false when a table is wanted.
bool PrintedJson(const CommandContext& context, const google::protobuf::Message& response);

// Prints a page of a list: its rows, or `none` when there are none, and whether there is another page. kExitYes.
int PrintPage(const CommandContext& context, const Table& rows, const std::string& none,
              const std::string& next_page_token);

}  // namespace usher
