#include "server/http/connect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/error.h"
#include "usher/v1/entitlement.pb.h"

namespace usher {
namespace {

constexpr char kPath[] = "/usher.v1.EntitlementService/CheckEntitlement";

// Answers with what it was asked; the feature `nope` is unknown, `broken` breaks.
class EchoService {
 public:
  absl::StatusOr<v1::CheckEntitlementResponse> Check(const CallContext&, const v1::CheckEntitlementRequest& request) {
    if (request.feature() == "nope") {
      return MakeError(v1::ERROR_REASON_FEATURE_UNKNOWN, "no feature \"nope\"", {{"feature", "nope"}});
    }
    if (request.feature() == "broken") return absl::InternalError("disk /dev/sda1 caught fire");
    v1::CheckEntitlementResponse response;
    response.mutable_decision()->set_feature(request.feature());
    response.mutable_decision()->set_used(request.current_usage());
    return response;
  }
};

class ConnectTest : public testing::Test {
 protected:
  ConnectTest() { methods_.Add(kPath + 1, &service_, &EchoService::Check); }

  HttpResponse Post(std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
    HttpRequest request{.method = "POST", .target = kPath, .headers = std::move(headers), .body = std::move(body)};
    if (!request.Header("content-type")) request.headers.emplace_back("content-type", "application/json");
    return ServeConnect(methods_, request, CallContext{}, log_);
  }

  const Log log_;
  EchoService service_;
  MethodTable methods_;
};

using testing::HasSubstr;

TEST_F(ConnectTest, JsonPrintsDefaultsAndLowerCamelCase) {
  const HttpResponse response = Post(R"({"tenantId":"acme","feature":"sso","currentUsage":"7"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.body, HasSubstr(R"("feature":"sso")"));
  EXPECT_THAT(response.body, HasSubstr(R"("used":"7")"));
  EXPECT_THAT(response.body, HasSubstr(R"("allowed":false)"));
  EXPECT_THAT(response.body, HasSubstr(R"("catalogHash":"")"));
}

TEST_F(ConnectTest, ProtoComesBackAsProto) {
  v1::CheckEntitlementRequest request;
  request.set_feature("sso");
  const HttpResponse response = Post(request.SerializeAsString(), {{"content-type", "application/proto"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/proto");
  v1::CheckEntitlementResponse parsed;
  ASSERT_TRUE(parsed.ParseFromString(response.body));
  EXPECT_EQ(parsed.decision().feature(), "sso");
}

TEST_F(ConnectTest, AnErrorCarriesCodeMessageAndDetails) {
  const HttpResponse response = Post(R"({"feature":"nope"})");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.body, HasSubstr(R"("code":"not_found")"));
  EXPECT_THAT(response.body, HasSubstr(R"("type":"google.rpc.ErrorInfo")"));
  EXPECT_THAT(response.body, HasSubstr(R"("reason":"FEATURE_UNKNOWN")"));
  EXPECT_THAT(response.body, HasSubstr(R"(no feature \"nope\")"));
}

TEST_F(ConnectTest, AnInternalErrorKeepsItsWordsToItself) {
  const HttpResponse response = Post(R"({"feature":"broken"})");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("INTERNAL"));
  EXPECT_THAT(response.body, testing::Not(HasSubstr("sda1")));
}

struct BadRequestCase {
  const char* name;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  int status;
  const char* code;
};

class ConnectBadRequestTest : public ConnectTest, public testing::WithParamInterface<BadRequestCase> {};

TEST_P(ConnectBadRequestTest, IsRefusedWithAReason) {
  const HttpResponse response = Post(GetParam().body, GetParam().headers);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_THAT(response.body, HasSubstr(GetParam().code));
  EXPECT_LT(response.body.size(), 4096u);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ConnectBadRequestTest,
    testing::Values(
        BadRequestCase{"EmptyBody", "", {}, 400, "invalid_argument"},
        BadRequestCase{"NotJson", "tenant=acme", {}, 400, "invalid_argument"},
        BadRequestCase{"JsonArray", "[]", {}, 400, "invalid_argument"},
        BadRequestCase{"MisspeltMember", R"({"curentUsage":1})", {}, 400, "invalid_argument"},
        BadRequestCase{"WrongType", R"({"tenantId":{}})", {}, 400, "invalid_argument"},
        BadRequestCase{"TwoTenants", R"({"tenantId":"acme","tenant_id":"beta"})", {}, 400, "invalid_argument"},
        BadRequestCase{"NumberOutOfRange", R"({"quantity":"99999999999999999999"})", {}, 400, "invalid_argument"},
        BadRequestCase{"NotUtf8", "{\"tenantId\":\"\xff\xfe\"}", {}, 400, "invalid_argument"},
        BadRequestCase{"HundredThousandBrackets", std::string(100'000, '['), {}, 400, "nests deeper"},
        BadRequestCase{"DeepWithinAMember", R"({"tenantId":)" + std::string(100'000, '{'), {}, 400, "nests deeper"},
        BadRequestCase{"NotProto", "\xff\xff\xff", {{"content-type", "application/proto"}}, 400, "invalid_argument"},
        BadRequestCase{"OtherContentType", "{}", {{"content-type", "text/plain"}}, 415, "invalid_argument"},
        BadRequestCase{"Compressed", "{}", {{"content-encoding", "gzip"}}, 501, "unimplemented"},
        BadRequestCase{"OtherProtocolVersion", "{}", {{"connect-protocol-version", "2"}}, 400, "invalid_argument"},
        BadRequestCase{"TimeoutNotANumber", "{}", {{"connect-timeout-ms", "soon"}}, 400, "Connect-Timeout-Ms"},
        BadRequestCase{"TimeoutNegative", "{}", {{"connect-timeout-ms", "-1"}}, 400, "Connect-Timeout-Ms"},
        BadRequestCase{"TimeoutTooLong", "{}", {{"connect-timeout-ms", "10000000000"}}, 400, "Connect-Timeout-Ms"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ConnectTest, CharsetAndCaseOfTheContentTypeDoNotMatter) {
  EXPECT_EQ(Post("{}", {{"content-type", "Application/JSON; charset=utf-8"}}).status, 200);
}

TEST_F(ConnectTest, UnknownMethodIs404Unimplemented) {
  HttpRequest request{.method = "POST", .target = "/usher.v1.EntitlementService/Nope", .headers = {}, .body = "{}"};
  const HttpResponse response = ServeConnect(methods_, request, CallContext{}, log_);
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr(R"("code":"unimplemented")"));
}

TEST_F(ConnectTest, OnlyPostCalls) {
  HttpRequest request{.method = "GET", .target = kPath, .headers = {}, .body = ""};
  EXPECT_EQ(ServeConnect(methods_, request, CallContext{}, log_).status, 405);
}

}  // namespace
}  // namespace usher
