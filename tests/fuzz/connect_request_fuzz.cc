// A request as it comes from the socket, by a caller who may check one tenant: any bytes are refused by the parser or
// answered by Connect, never as a defect, and no service is reached that the caller may not reach.
#include <set>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "server/http/connect.h"
#include "server/listener/request_parser.h"
#include "tests/fuzz/fuzz.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/tenant.pb.h"

namespace usher::fuzz {
namespace {

constexpr char kTenant[] = "acme";

// Answers what it is asked, and knows who may ask.
class Mirror {
 public:
  absl::StatusOr<v1::CheckEntitlementResponse> Check(const CallContext&, const v1::CheckEntitlementRequest& request) {
    Require(request.tenant_id() == kTenant, "the caller reaches its own tenant only");
    v1::CheckEntitlementResponse response;
    response.mutable_decision()->set_feature(request.feature());
    return response;
  }
  absl::StatusOr<v1::CreateTenantResponse> Create(const CallContext&, const v1::CreateTenantRequest&) {
    Require(false, "the caller has no scope to create tenants");
    return v1::CreateTenantResponse();
  }
};

bool IsJson(const std::string& text) {
  google::protobuf::Struct value;
  return google::protobuf::util::JsonStringToMessage(text, &value).ok();
}

}  // namespace

void TryInput(std::string_view input) {
  static Mirror mirror;
  static const Log log;
  static const AccessGate access{Principal{}};
  static const CallContext caller{
      .principal = {.name = "fuzz", .scopes = Scopes{Scope::kCheck}, .tenant = TenantId(kTenant)}};
  static const MethodTable methods = [] {
    MethodTable table(&access);
    table.Add("usher.v1.EntitlementService/CheckEntitlement", &mirror, &Mirror::Check);
    table.Add("usher.v1.TenantService/CreateTenant", &mirror, &Mirror::Create);
    return table;
  }();

  RequestParser parser(HttpLimits{});
  parser.eager(true);
  boost::system::error_code error;
  boost::asio::const_buffer rest(input.data(), input.size());
  while (rest.size() > 0 && !parser.is_done() && !error) {
    const std::size_t taken = parser.put(rest, error);
    if (taken == 0 && !error) break;
    rest += taken;
  }
  if (!parser.is_done()) return;

  static CallStats calls;
  CountedCall counted(calls.unknown(), Wire::kConnect);
  const HttpResponse response = ServeConnect(methods, parser.Release(), caller, log, counted).value();
  static const std::set<int> kPossible = {200, 304, 400, 403, 404, 405, 413, 415, 429, 501, 504};
  Require(kPossible.contains(response.status), "status " + std::to_string(response.status) + " was not expected");
  if (response.status == 200 || response.body.empty()) return;
  Require(response.content_type == "application/json" && IsJson(response.body), "an error is JSON: " + response.body);
}

}  // namespace usher::fuzz
