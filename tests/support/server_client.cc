#include "tests/support/server_client.h"

#include <cctype>
#include <chrono>
#include <utility>

#include <absl/strings/escaping.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "catalog/absl_bridge.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/support/http_client.h"

namespace usher {
namespace {

using google::protobuf::Message;

void AddInfo(const google::rpc::ErrorInfo& info, Reply& reply) {
  v1::ErrorReason_Parse("ERROR_REASON_" + info.reason(), &reply.reason);
  reply.metadata = {info.metadata().begin(), info.metadata().end()};
}

void AddBadRequest(const google::rpc::BadRequest& bad_request, Reply& reply) {
  for (const auto& violation : bad_request.field_violations()) reply.violations.push_back(violation.field());
}

class GrpcClient final : public ServerClient {
 public:
  GrpcClient(std::uint16_t port, std::string authorization)
      : authorization_(std::move(authorization)),
        channel_(grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials())),
        stub_(channel_) {}

  Reply Call(const std::string& method, const Message& request, std::shared_ptr<Message> response) override {
    grpc::ClientContext context;
    if (!authorization_.empty()) context.AddMetadata("authorization", authorization_);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    grpc::CompletionQueue queue;
    const grpc::Slice slice(request.SerializeAsString());
    grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    grpc::Status status;
    const auto call = stub_.PrepareUnaryCall(&context, "/" + method, sent, &queue);
    call->StartCall();
    call->Finish(&received, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    Reply reply{.code = static_cast<absl::StatusCode>(status.error_code()), .message = status.error_message()};
    if (!reply.ok()) {
      ReadDetails(status.error_details(), reply);
      return reply;
    }
    grpc::Slice whole;
    if (!received.DumpToSingleSlice(&whole).ok() ||
        !response->ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
      reply.code = absl::StatusCode::kDataLoss;
    }
    reply.response = std::move(response);
    return reply;
  }

 private:
  static void ReadDetails(const std::string& bytes, Reply& reply) {
    google::rpc::Status details;
    details.ParseFromString(bytes);
    for (const google::protobuf::Any& any : details.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest bad_request;
      if (any.UnpackTo(&info)) AddInfo(info, reply);
      if (any.UnpackTo(&bad_request)) AddBadRequest(bad_request, reply);
    }
  }

  const std::string authorization_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
};

absl::StatusCode CodeNamed(const std::string& name) {
  for (int code = 0; code <= 16; ++code) {
    std::string candidate = absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
    for (char& c : candidate) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (candidate == name) return static_cast<absl::StatusCode>(code);
  }
  return absl::StatusCode::kUnknown;
}

class ConnectClient final : public ServerClient {
 public:
  ConnectClient(std::uint16_t port, bool json, std::string authorization)
      : port_(port), json_(json), authorization_(std::move(authorization)) {}

  Reply Call(const std::string& method, const Message& request, std::shared_ptr<Message> response) override {
    std::string body = request.SerializeAsString();
    if (json_) {
      body.clear();
      (void)google::protobuf::util::MessageToJsonString(request, &body);
    }
    HttpHeaders headers = {{"Content-Type", json_ ? "application/json" : "application/proto"}};
    if (!authorization_.empty()) headers.emplace_back("Authorization", authorization_);
    const HttpReply http = HttpCall(port_, "POST", "/" + method, body, headers);
    if (http.status != 200) return ReadError(http);
    const bool parsed = json_ ? google::protobuf::util::JsonStringToMessage(http.body, response.get()).ok()
                              : response->ParseFromString(http.body);
    return {.code = parsed ? absl::StatusCode::kOk : absl::StatusCode::kDataLoss, .response = std::move(response)};
  }

 private:
  static Reply ReadError(const HttpReply& http) {
    google::protobuf::Struct error;
    Reply reply;
    if (!google::protobuf::util::JsonStringToMessage(http.body, &error).ok()) return reply;
    reply.code = CodeNamed(error.fields().at("code").string_value());
    reply.message = error.fields().at("message").string_value();
    for (const google::protobuf::Value& detail : error.fields().at("details").list_value().values()) {
      const auto& fields = detail.struct_value().fields();
      const std::string& type = fields.at("type").string_value();
      std::string bytes;
      if (!absl::Base64Unescape(ToAbsl(fields.at("value").string_value()), &bytes)) continue;
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest bad_request;
      if (type == "google.rpc.ErrorInfo" && info.ParseFromString(bytes)) AddInfo(info, reply);
      if (type == "google.rpc.BadRequest" && bad_request.ParseFromString(bytes)) AddBadRequest(bad_request, reply);
    }
    return reply;
  }

  const std::uint16_t port_;
  const bool json_;
  const std::string authorization_;
};

// A grpc.health.v1.HealthCheckRequest: the name in field 1.
grpc::ByteBuffer HealthRequest(const std::string& service) {
  std::string bytes;
  if (!service.empty()) bytes = std::string("\x0a") + static_cast<char>(service.size()) + service;
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice whole;
  if (!buffer.DumpToSingleSlice(&whole).ok()) return "";
  return {reinterpret_cast<const char*>(whole.begin()), whole.size()};
}

}  // namespace

const char* TransportName(Transport transport) {
  switch (transport) {
    case Transport::kGrpc: return "Grpc";
    case Transport::kConnectJson: return "ConnectJson";
    case Transport::kConnectProto: return "ConnectProto";
  }
  return "";
}

std::unique_ptr<ServerClient> MakeServerClient(Transport transport, std::uint16_t grpc_port, std::uint16_t http_port,
                                               const std::string& authorization) {
  if (transport == Transport::kGrpc) return std::make_unique<GrpcClient>(grpc_port, authorization);
  return std::make_unique<ConnectClient>(http_port, transport == Transport::kConnectJson, authorization);
}

std::string GrpcHealth(std::uint16_t grpc_port, const std::string& service) {
  const auto channel =
      grpc::CreateChannel("127.0.0.1:" + std::to_string(grpc_port), grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const grpc::ByteBuffer request = HealthRequest(service);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status.ok() ? BytesOf(response) : status.error_message();
}

class GrpcHealthWatch::Impl {
 public:
  Impl(std::uint16_t grpc_port, const std::string& service)
      : stub_(grpc::CreateChannel("127.0.0.1:" + std::to_string(grpc_port), grpc::InsecureChannelCredentials())) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    call_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    call_->StartCall(nullptr);
    Wait();
    call_->Write(HealthRequest(service), nullptr);
    Wait();
    call_->WritesDone(nullptr);
    Wait();
  }
  ~Impl() {
    context_.TryCancel();
    End();
  }

  std::string Next() {
    grpc::ByteBuffer status;
    call_->Read(&status, nullptr);
    return Wait() ? BytesOf(status) : "";
  }

  absl::StatusCode End() {
    if (!std::exchange(ended_, true)) {
      call_->Finish(&end_, nullptr);
      Wait();
    }
    return static_cast<absl::StatusCode>(end_.error_code());
  }

 private:
  // Whether the one thing that was begun went well.
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::Status end_;
  bool ended_ = false;
};

GrpcHealthWatch::GrpcHealthWatch(std::uint16_t grpc_port, const std::string& service)
    : impl_(std::make_unique<Impl>(grpc_port, service)) {}
GrpcHealthWatch::~GrpcHealthWatch() = default;
std::string GrpcHealthWatch::Next() { return impl_->Next(); }
absl::StatusCode GrpcHealthWatch::End() { return impl_->End(); }

}  // namespace usher
