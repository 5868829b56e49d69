// How a transport-neutral service function becomes a gRPC method.
#pragma once

#include <chrono>
#include <string>

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include "server/base/log.h"
#include "server/service/call_context.h"
#include "server/service/error.h"
#include "server/service/report.h"

namespace usher {

// What every adapter needs besides its service. Outlives the calls.
struct RpcEnvironment {
  std::string actor;  // who every caller is
  const Log* log = nullptr;
};

// The wire form of an error that was reported: code, message, and google.rpc.Status with all details.
inline grpc::Status ToGrpc(const absl::Status& error) {
  const google::rpc::Status rpc = ToRpcStatus(error);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(), rpc.SerializeAsString());
}

inline CallContext ToCallContext(const grpc::ServerContext& context, const std::string& actor) {
  CallContext call{.actor = actor};
  const std::chrono::system_clock::time_point deadline = context.deadline();
  const auto left = deadline - std::chrono::system_clock::now();
  if (left < std::chrono::hours(24)) {
    call.deadline =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(left);
  }
  return call;
}

template <class Service, class Request, class Response>
grpc::Status Serve(const grpc::ServerContext& context, const RpcEnvironment& environment, Service& service,
                   absl::StatusOr<Response> (Service::*function)(const CallContext&, const Request&),
                   const Request& request, Response* response) {
  absl::StatusOr<Response> answer = (service.*function)(ToCallContext(context, environment.actor), request);
  if (!answer.ok()) {
    return ToGrpc(ReportError(answer.status(), Request::descriptor()->full_name(), *environment.log));
  }
  *response = *std::move(answer);
  return grpc::Status::OK;
}

}  // namespace usher
