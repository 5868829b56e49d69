// Connect over services of its own, without a socket. Test code only.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/connect.h"
#include "server/service/error.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/tenant.pb.h"

namespace usher {

inline constexpr char kReads[] = "/usher.v1.EntitlementService/CheckEntitlement";  // no side effects, says its proto
inline constexpr char kWrites[] = "/usher.v1.TenantService/CreateTenant";

// Answers with what it was asked; the feature `nope` is unknown, `broken` breaks, `busy` has no time and many words.
class EchoService {
 public:
  absl::StatusOr<v1::CheckEntitlementResponse> Check(const CallContext&, const v1::CheckEntitlementRequest& request) {
    if (request.feature() == "nope") {
      return MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, "no feature \"nope\"", {{"feature", "nope"}});
    }
    if (request.feature() == "broken") return absl::InternalError("disk /dev/sda1 caught fire");
    if (request.feature() == "busy") {
      return MakeRetryableError(v1::ERROR_REASON_OVERLOADED, std::string(kLeastGzipBytes, '.'),
                                std::chrono::milliseconds(1500));
    }
    v1::CheckEntitlementResponse response;
    response.mutable_decision()->set_feature(request.feature());
    response.mutable_decision()->set_used(request.current_usage());
    return response;
  }

  absl::StatusOr<v1::CreateTenantResponse> Create(const CallContext&, const v1::CreateTenantRequest& request) {
    ++created;
    v1::CreateTenantResponse response;
    response.mutable_tenant()->set_tenant_id(request.tenant_id());
    return response;
  }

  int created = 0;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class ConnectFixture {
 public:
  ConnectFixture() {
    methods_.Add(kReads + 1, &service_, &EchoService::Check);
    methods_.Add(kWrites + 1, &service_, &EchoService::Create);
  }

  HttpResponse Serve(const HttpRequest& request) {
    const std::string_view path = request.Path();
    CountedCall counted(calls_.Named(path.substr(std::min<std::size_t>(1, path.size()))), Wire::kConnect);
    return ServeConnect(methods_, request, context_, log_, counted).value();
  }

  // In JSON, when `headers` do not say otherwise.
  HttpResponse Post(std::string body, Headers headers = {}, std::string target = kReads) {
    HttpRequest request{
        .method = "POST", .target = std::move(target), .headers = std::move(headers), .body = std::move(body)};
    if (!request.Header("content-type")) request.headers.emplace_back("content-type", "application/json");
    return Serve(request);
  }

  // `query` is what follows the question mark.
  HttpResponse Get(std::string_view query, Headers headers = {}) {
    return Serve({.method = "GET",
                  .target = std::string(kReads) + "?" + std::string(query),
                  .headers = std::move(headers),
                  .body = {}});
  }

  const CallStats& calls() const { return calls_; }

  // How many calls with side effects were let through.
  int created() const { return service_.created; }

 private:
  const Log log_;
  CallStats calls_;
  EchoService service_;
  const Principal everybody_{.name = "test", .scopes = {Scope::kAdmin}, .tenant = {}};
  const CallContext context_{.principal = everybody_};
  const AccessGate access_{everybody_};
  MethodTable methods_{&access_};
};

class ConnectTest : public testing::Test, public ConnectFixture {};

// Empty when there is none.
inline std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace usher
