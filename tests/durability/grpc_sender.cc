#include "tests/durability/grpc_sender.h"

#include <chrono>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "usher/v1/ingest.grpc.pb.h"

namespace usher {
namespace {

constexpr std::chrono::seconds kPatience{20};

v1::RelayWebhookRequest RequestFor(const Webhook& webhook) {
  v1::RelayWebhookRequest request;
  request.set_provider("stripe");
  request.set_raw_body(webhook.body);
  v1::WebhookHeader& header = *request.add_headers();
  header.set_name("Stripe-Signature");
  header.set_value(SignatureOf(webhook));
  return request;
}

}  // namespace

Sender GrpcSender(std::uint16_t grpc_port) {
  // Channels to one address share a connection unless they are told not to.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const std::shared_ptr<v1::IngestService::Stub> stub = v1::IngestService::NewStub(grpc::CreateCustomChannel(
      "127.0.0.1:" + std::to_string(grpc_port), grpc::InsecureChannelCredentials(), arguments));
  return [stub](const Webhook& webhook) -> absl::Status {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::RelayWebhookResponse response;
    const grpc::Status status = stub->RelayWebhook(&context, RequestFor(webhook), &response);
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  };
}

}  // namespace usher
