// How a transport-neutral service function becomes a gRPC method.
#pragma once

#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include "server/base/log.h"
#include "server/rpc/call_limit.h"
#include "server/service/access.h"
#include "server/service/call_context.h"
#include "server/service/call_stats.h"
#include "server/service/error.h"
#include "server/service/report.h"
#include "server/service/unanswered.h"

namespace usher {

// What every adapter needs besides its service. Outlives the calls, as what it refers to does.
struct RpcEnvironment {
  const AccessGate& access;
  const Log& log;
  CallStats& calls;
  CallLimit& waiting_calls;  // of the calls that may wait on the thread that they came on
};

// The wire form of an error that was reported: code, message, and google.rpc.Status with all details.
inline grpc::Status ToGrpc(const absl::Status& error) {
  const google::rpc::Status rpc = ToRpcStatus(error);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(), rpc.SerializeAsString());
}

inline Credentials CredentialsOf(const grpc::ServerContext& context) {
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first == last) return {};
  return {.authorization = std::string_view(first->second.data(), first->second.size()),
          .repeated = std::next(first) != last};
}

inline CallContext ToCallContext(const grpc::ServerContext& context, Principal principal) {
  CallContext call{.principal = std::move(principal)};
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
  CountedCall counted(environment.calls.Of(Request::descriptor()), Wire::kGrpc);
  const auto refuse = [&](const absl::Status& error) {
    return ToGrpc(counted.End(ReportError(error, Request::descriptor()->full_name(), environment.log)));
  };
  absl::StatusOr<Principal> principal = environment.access.Authenticate(CredentialsOf(context));
  if (!principal.ok()) return refuse(principal.status());
  const CallLimit::Place place(environment.waiting_calls);
  if (!place.taken()) return refuse(Overloaded());
  const CallContext call = ToCallContext(context, *std::move(principal));
  absl::StatusOr<Response> answer = CallService(environment.access, call, service, function, request);
  if (!answer.ok()) return refuse(answer.status());
  *response = *std::move(answer);
  counted.End(absl::StatusCode::kOk);
  return grpc::Status::OK;
}

}  // namespace usher
