#include "clients/cli/server.h"

#include <chrono>
#include <vector>

#include <google/protobuf/util/json_util.h>
#include <grpcpp/support/channel_arguments.h>

#include "clients/channel/channel.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/visible.h"

namespace usher {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr char kAnsweredInHttp1[] = "http1.x server";  // a part of what gRPC says when it meets one

// An error of the server has an ErrorInfo; one that gRPC made on the way has none.
bool IsFromServer(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const google::protobuf::Any& detail : details.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) return true;
  }
  return false;
}

}  // namespace

Server::Server(const ServerOptions& options)
    : channel_(OpenChannel(options, grpc::ChannelArguments())),
      entitlements_(v1::EntitlementService::NewStub(channel_)),
      tenants_(v1::TenantService::NewStub(channel_)),
      events_(v1::EventService::NewStub(channel_)),
      ingest_(v1::IngestService::NewStub(channel_)),
      keys_(v1::KeyService::NewStub(channel_)),
      roles_(v1::RoleService::NewStub(channel_)),
      work_(v1::WorkService::NewStub(channel_)),
      test_clock_(v1::TestClockService::NewStub(channel_)) {}

Question::Question() { context.set_deadline(std::chrono::system_clock::now() + kPatience); }

std::string SentenceFor(const grpc::Status& status, const std::string& address) {
  if (IsFromServer(status)) return status.error_message();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE &&
      status.error_message().find(kAnsweredInHttp1) != std::string::npos) {
    return "what answers at " + address +
           " speaks HTTP/1, and gRPC was expected; name the server's gRPC address (--grpc of usherd, port 7480 unless "
           "said otherwise) with --server HOST:PORT or USHER_SERVER";
  }
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return "no server answers at " + address +
           "; start one with `usherd` or `./dev run`, or name another with --server HOST:PORT or USHER_SERVER";
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return "the server at " + address + " did not answer within 10 seconds; ask again, or look at its /readyz";
  }
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return "what answers at " + address +
           " does not know this question; is it an Usher server of this version, and for "
           "`usher clock` one that was started with --test-clock?";
  }
  return "the server at " + address + " failed: " + status.error_message();
}

void MakeVisible(google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    const bool is_text = field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
    const bool is_message = field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (is_text) reflection.SetString(&message, field, Visible(reflection.GetString(message, field)));
      if (is_message) MakeVisible(*reflection.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (is_text) {
        reflection.SetRepeatedString(&message, field, i, Visible(reflection.GetRepeatedString(message, field, i)));
      }
      if (is_message) MakeVisible(*reflection.MutableRepeatedMessage(&message, field, i));
    }
  }
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return VisibleLines(json);
}

bool PrintedJson(const CommandContext& context, const google::protobuf::Message& response) {
  if (context.format != "json") return false;
  *context.out << ToJson(response);
  return true;
}

}  // namespace usher
