// gRPC reflection: only where it was asked for.
#include <chrono>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "tests/support/running_server.h"

namespace usher {
namespace {

// Asks grpc.reflection.v1alpha for the services, by its wire form: field 7 of the request, an empty text.
std::string Services(const RunningServer& server, grpc::Status& status) {
  grpc::GenericStub stub(grpc::CreateChannel(server.grpc_address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  const auto call =
      stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  next();
  const grpc::Slice list(std::string("\x3a\x00", 2));
  call->Write(grpc::ByteBuffer(&list, 1), nullptr);
  std::string names;
  if (next()) {
    grpc::ByteBuffer response;
    call->Read(&response, nullptr);
    grpc::Slice whole;
    if (next() && response.DumpToSingleSlice(&whole).ok()) {
      names.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
  }
  if (!names.empty()) context.TryCancel();
  call->Finish(&status, nullptr);
  next();
  return names;
}

TEST(ReflectionTest, IsOffUnlessAskedFor) {
  grpc::Status status;
  RunningServer without;
  EXPECT_EQ(Services(without, status), "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  RunningServer with(ServerSetup{.keys = true, .more_arguments = {"--reflection"}});
  EXPECT_NE(Services(with, status).find("usher.v1.EntitlementService"), std::string::npos);
}

}  // namespace
}  // namespace usher
