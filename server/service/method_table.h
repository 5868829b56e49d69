// Every RPC of the server with its types erased, for transports that meet a method by its name.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "server/service/access.h"
#include "server/service/call_context.h"

namespace usher {

using MessagePtr = std::unique_ptr<google::protobuf::Message>;

// Whether the proto that declares `name`, `usher.v1.EntitlementService/CheckEntitlement`, says NO_SIDE_EFFECTS of it.
bool IsDeclaredWithoutSideEffects(std::string_view name);

// One RPC. Any thread may call it.
struct Method {
  std::function<MessagePtr()> new_request;
  // `request` is of the type that new_request makes. Behind the access rule of the RPC.
  std::function<absl::StatusOr<MessagePtr>(const CallContext&, const google::protobuf::Message& request)> call;
  bool without_side_effects = false;  // as its proto says with idempotency_level
  bool heeds_may_wait = false;        // answers MustWait() where the context says that it may not wait
};

// How an RPC meets CallContext::may_wait: it may wait all the same, or answers MustWait().
enum class Waiting { kAnyTime, kWhereItMay };

// Built once at start, then only read.
class MethodTable {
 public:
  // `access` outlives the table.
  explicit MethodTable(const AccessGate* access) : access_(access) {}

  // `service` outlives the table; null: it has no such methods. `name` is
  // `usher.v1.EntitlementService/CheckEntitlement`.
  template <class Service, class Request, class Response>
  void Add(std::string name, Service* service,
           absl::StatusOr<Response> (Service::*function)(const CallContext&, const Request&),
           Waiting waiting = Waiting::kAnyTime) {
    if (service == nullptr) return;
    Method method;
    method.heeds_may_wait = waiting == Waiting::kWhereItMay;
    method.without_side_effects = IsDeclaredWithoutSideEffects(name);
    method.new_request = [] { return std::make_unique<Request>(); };
    method.call = [access = access_, service, function](
                      const CallContext& context,
                      const google::protobuf::Message& request) -> absl::StatusOr<MessagePtr> {
      absl::StatusOr<Response> response =
          CallService(*access, context, *service, function, static_cast<const Request&>(request));
      if (!response.ok()) return response.status();
      return std::make_unique<Response>(*std::move(response));
    };
    methods_.emplace(std::move(name), std::move(method));
  }

  // Null when there is no such method.
  const Method* Find(std::string_view name) const {
    const auto found = methods_.find(name);
    return found == methods_.end() ? nullptr : &found->second;
  }

 private:
  const AccessGate* access_;
  std::map<std::string, Method, std::less<>> methods_;
};

}  // namespace usher
