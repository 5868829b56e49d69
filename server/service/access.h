// The one gate in front of the services: who calls, and whether they may.
//
// Both transports pass it in the same two steps: Authenticate as soon as the caller's credentials are there,
// CallService once the whole request is.
#pragma once

#include <optional>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "server/engine/keys.h"
#include "server/ports/clock.h"
#include "server/service/access_table.h"
#include "server/service/call_context.h"
#include "server/service/principal.h"

namespace usher {

// What a call shows of who makes it: its `authorization` headers or metadata.
struct Credentials {
  std::optional<std::string_view> authorization = std::nullopt;  // the first; nullopt: there is none
  bool repeated = false;                                         // there are more
};

// Any thread may call. Reads memory only.
class AccessGate {
 public:
  // Callers show keys of `keys`. Both outlive it; `clock` decides when a key expires.
  AccessGate(const Keys* keys, const Clock* clock) : keys_(keys), clock_(clock) {}
  // Whoever calls is `everybody`; what they show is not looked at.
  explicit AccessGate(Principal everybody) : everybody_(std::move(everybody)) {}

  // Who calls. UNAUTHENTICATED with one of the reasons CREDENTIALS_..., which say nothing that the holder of the key
  // does not know.
  absl::StatusOr<Principal> Authenticate(const Credentials& shown) const;

  // Whether `principal` may make the call of which `request` is the request. PERMISSION_DENIED SCOPE_MISSING or
  // TENANT_FOREIGN; RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE; INTERNAL for a call without a rule.
  absl::Status Authorize(const Principal& principal, const google::protobuf::Message& request) const;

  // Whoever calls is let in, without a key.
  bool is_open() const { return keys_ == nullptr; }

 private:
  const Keys* const keys_ = nullptr;
  const Clock* const clock_ = nullptr;
  const Principal everybody_;
  const AccessTable table_{AccessRules()};
};

// `function` of `service`, behind its rule.
template <class Service, class Request, class Response>
absl::StatusOr<Response> CallService(const AccessGate& access, const CallContext& context, Service& service,
                                     absl::StatusOr<Response> (Service::*function)(const CallContext&, const Request&),
                                     const Request& request) {
  const absl::Status allowed = access.Authorize(context.principal, request);
  if (!allowed.ok()) return allowed;
  return (service.*function)(context, request);
}

// The same for a function that fills a response.
template <class Service, class Request, class Response>
absl::Status CallService(const AccessGate& access, const CallContext& context, Service& service,
                         absl::Status (Service::*function)(const CallContext&, const Request&, Response&),
                         const Request& request, Response& response) {
  const absl::Status allowed = access.Authorize(context.principal, request);
  if (!allowed.ok()) return allowed;
  return (service.*function)(context, request, response);
}

}  // namespace usher
