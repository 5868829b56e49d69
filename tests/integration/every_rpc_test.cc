// Every RPC that the protos declare answers over every transport.
#include <algorithm>
#include <string_view>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include "tests/support/declared_rpcs.h"
#include "tests/support/running_server.h"
#include "tests/support/server_client.h"

namespace usher {
namespace {

using google::protobuf::MethodDescriptor;

Reply CallEmpty(ServerClient& client, const std::string& method, const MethodDescriptor& like) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<google::protobuf::Message> request(factory->GetPrototype(like.input_type())->New());
  return client.Call(method, *request,
                     std::shared_ptr<google::protobuf::Message>(factory->GetPrototype(like.output_type())->New()));
}

TEST(EveryRpcTest, IsReachableOverEveryTransport) {
  const std::vector<const MethodDescriptor*> methods = DeclaredRpcs();
  EXPECT_GE(methods.size(), 30u);
  RunningServer server({}, {"--test-clock"});
  for (const Transport transport : kTransports) {
    const auto client = MakeServerClient(transport, server.grpc_port(), server.http_port());
    for (const MethodDescriptor* method : methods) {
      const std::string name = method->service()->full_name() + "/" + method->name();
      const Reply reply = CallEmpty(*client, name, *method);
      EXPECT_TRUE(reply.ok() || reply.code == absl::StatusCode::kInvalidArgument)
          << name << " over " << TransportName(transport) << ": " << absl::StatusCodeToString(reply.code) << " "
          << reply.message;
    }
    // The proof that this test can fail.
    EXPECT_EQ(CallEmpty(*client, "usher.v1.TenantService/Nope", *methods.front()).code,
              absl::StatusCode::kUnimplemented)
        << TransportName(transport);
  }
}

// GET is let through for what says so, and it must not be forgotten where it is true.
TEST(EveryRpcTest, SaysThatItHasNoSideEffectsWhenItOnlyAsks) {
  constexpr std::string_view kQuestions[] = {"Check", "BatchCheck", "Explain", "Get", "List"};
  for (const MethodDescriptor* method : DeclaredRpcs()) {
    const bool asks = std::ranges::any_of(
        kQuestions, [method](std::string_view question) { return method->name().starts_with(question); });
    EXPECT_EQ(method->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS, asks)
        << method->full_name() << (asks ? ": expected" : ": expected no")
        << " option idempotency_level = NO_SIDE_EFFECTS";
  }
}

}  // namespace
}  // namespace usher
