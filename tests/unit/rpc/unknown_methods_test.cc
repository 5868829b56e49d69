// Calls of methods that the gRPC port does not have.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/rpc/grpc_server.h"

namespace usher {
namespace {

// What a unary call of `method` is answered.
grpc::Status Call(std::uint16_t port, const std::string& method) {
  grpc::GenericStub stub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(), &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

TEST(UnknownMethodsTest, AreRefusedWithAReasonAndCountedInOneRow) {
  const AccessGate access{Principal{}};
  const Log log;
  CallStats calls;
  const auto server = GrpcServer::Start("127.0.0.1:0", Services{}, {.access = access, .log = log, .calls = calls});
  ASSERT_TRUE(server.ok()) << server.status();
  for (const char* method : {"/usher.v1.EntitlementService/Chek", "/made.up/Name", "/x"}) {
    const grpc::Status status = Call((*server)->port(), method);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
    google::rpc::Status details;
    google::rpc::ErrorInfo info;
    ASSERT_TRUE(details.ParseFromString(status.error_details()) && details.details_size() == 1);
    ASSERT_TRUE(details.details(0).UnpackTo(&info));
    EXPECT_EQ(info.reason(), "METHOD_UNKNOWN");
  }
  const CallCounts& counts = calls.unknown().over(Wire::kGrpc);
  EXPECT_EQ(counts.started.value(), 3);
  EXPECT_EQ(counts.handled[static_cast<std::size_t>(absl::StatusCode::kUnimplemented)].value(), 3);
  EXPECT_EQ(calls.All().size(), CallStats().All().size()) << "no row has a name that a caller made up";
}

}  // namespace
}  // namespace usher
