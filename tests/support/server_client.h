// One way to call a server for every transport it speaks, so that one test can hold all of them to the same answers.
// Test code only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include "usher/v1/errors.pb.h"

namespace usher {

// An answer, or an error with its details.
struct Reply {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string message = {};                                  // of an error
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;     // of an error
  std::map<std::string, std::string> metadata = {};          // of an error
  std::vector<std::string> violations = {};                  // of an error: the fields
  std::shared_ptr<google::protobuf::Message> response = {};  // else

  bool ok() const { return code == absl::StatusCode::kOk; }
};

enum class Transport { kGrpc, kConnectJson, kConnectProto };
inline constexpr Transport kTransports[] = {Transport::kGrpc, Transport::kConnectJson, Transport::kConnectProto};
const char* TransportName(Transport transport);

class ServerClient {
 public:
  virtual ~ServerClient() = default;

  // Calls `method`, `usher.v1.TenantService/GetTenant`, whose response has the type of `response`.
  virtual Reply Call(const std::string& method, const google::protobuf::Message& request,
                     std::shared_ptr<google::protobuf::Message> response) = 0;
};

// `authorization` is sent with every call, as it is; empty: none.
std::unique_ptr<ServerClient> MakeServerClient(Transport transport, std::uint16_t grpc_port, std::uint16_t http_port,
                                               const std::string& authorization = "");

// The answer of grpc.health.v1.Health/Check by its wire form, in which field 1 is the status: "\x08\x01" is SERVING,
// "\x08\x02" NOT_SERVING. An error is its message.
std::string GrpcHealth(std::uint16_t grpc_port, const std::string& service);

// A call of grpc.health.v1.Health/Watch.
class GrpcHealthWatch {
 public:
  GrpcHealthWatch(std::uint16_t grpc_port, const std::string& service);
  ~GrpcHealthWatch();

  // The next status, as GrpcHealth gives it; waits for it. Empty when the server ended the call.
  std::string Next();
  // How it ended, once Next was empty.
  absl::StatusCode End();

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace usher
