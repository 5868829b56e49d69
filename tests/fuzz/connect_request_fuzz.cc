// A request as it comes from the socket: any bytes are refused by the parser or answered by Connect, never as a defect.
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

// Answers what it is asked.
class Mirror {
 public:
  absl::StatusOr<v1::CheckEntitlementResponse> Check(const CallContext&, const v1::CheckEntitlementRequest& request) {
    v1::CheckEntitlementResponse response;
    response.mutable_decision()->set_feature(request.feature());
    return response;
  }
  absl::StatusOr<v1::CreateTenantResponse> Create(const CallContext&, const v1::CreateTenantRequest& request) {
    v1::CreateTenantResponse response;
    response.mutable_tenant()->set_tenant_id(request.tenant_id());
    return response;
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
  static const MethodTable methods = [] {
    MethodTable table;
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

  const HttpResponse response = ServeConnect(methods, parser.Release(), CallContext{}, log);
  static const std::set<int> kPossible = {200, 304, 400, 404, 405, 413, 415, 429, 501, 504};
  Require(kPossible.contains(response.status), "status " + std::to_string(response.status) + " was not expected");
  if (response.status == 200 || response.body.empty()) return;
  Require(response.content_type == "application/json" && IsJson(response.body), "an error is JSON: " + response.body);
}

}  // namespace usher::fuzz
