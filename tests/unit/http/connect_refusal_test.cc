// Requests that are refused, each for a reason of its own, and requests that mean harm.
#include <cstdint>
#include <random>
#include <set>

#include <absl/strings/escaping.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include "catalog/absl_bridge.h"
#include "server/http/connect_request.h"
#include "server/http/content_coding.h"
#include "server/listener/site.h"
#include "tests/unit/http/connect_fixture.h"

namespace usher {
namespace {

using testing::HasSubstr;

std::string UrlBase64(const std::string& bytes) { return absl::WebSafeBase64Escape(ToAbsl(bytes)); }

struct PostCase {
  const char* name;
  std::string body;
  Headers headers;
  int status;
  const char* says;
};

class PostRefusalTest : public testing::TestWithParam<PostCase>, public ConnectFixture {};

TEST_P(PostRefusalTest, HasAStatusAndAReason) {
  const HttpResponse response = Post(GetParam().body, GetParam().headers);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_THAT(response.body, HasSubstr(GetParam().says));
  EXPECT_THAT(response.body, HasSubstr(R"("domain":"usher")"));
  EXPECT_LT(response.body.size(), 4096u);
}

const Headers kGzip = {{"content-encoding", "gzip"}};

INSTANTIATE_TEST_SUITE_P(
    Cases, PostRefusalTest,
    testing::Values(
        PostCase{"EmptyBody", "", {}, 400, "the request is empty"},
        PostCase{"NotJson", "tenant=acme", {}, 400, "invalid_argument"},
        PostCase{"JsonArray", "[]", {}, 400, "invalid_argument"},
        PostCase{"TwoObjects", "{}{}", {}, 400, "invalid_argument"},
        PostCase{"MisspeltMember", R"({"tennantId":"acme"})", {}, 400, "tennantId"},
        PostCase{"MisspeltMemberWithin", R"({"at":{"secs":1}})", {}, 400, "invalid_argument"},
        PostCase{"TwoTenants", R"({"tenantId":"acme","tenant_id":"beta"})", {}, 400, "twice"},
        PostCase{"TwoTenantsInOtherQuotes", R"({"tenantId":"acme",'tenantId':"beta"})", {}, 400, "RFC 8259"},
        PostCase{"TwoTenantsWithoutQuotes", R"({tenantId:"acme",tenantId:"beta"})", {}, 400, "RFC 8259"},
        PostCase{"UnknownEnumName", R"({"access":"ACCESS_ALL"})", {}, 400, "invalid_argument"},
        PostCase{"WrongType", R"({"tenantId":{}})", {}, 400, "invalid_argument"},
        PostCase{"NumberOutOfRange", R"({"quantity":"99999999999999999999"})", {}, 400, "invalid_argument"},
        PostCase{"NotUtf8", "{\"tenantId\":\"\xff\xfe\"}", {}, 400, "invalid_argument"},
        PostCase{"HundredThousandBrackets", std::string(100'000, '['), {}, 400, "nests deeper"},
        PostCase{"DeepWithinAMember", R"({"tenantId":)" + std::string(100'000, '{'), {}, 400, "nests deeper"},
        PostCase{"NotProto", "\xff\xff\xff", {{"content-type", "application/proto"}}, 400, "in protobuf"},
        PostCase{"JsonAsProto", "{}", {{"content-type", "application/proto"}}, 400, "in protobuf"},
        PostCase{"OtherContentType", "{}", {{"content-type", "text/plain"}}, 415, "application/proto"},
        PostCase{"FormOfAWebPage", "{}", {{"content-type", "application/x-www-form-urlencoded"}}, 415, "Content-Type"},
        PostCase{"StreamingContentType", "{}", {{"content-type", "application/connect+json"}}, 415, "Content-Type"},
        PostCase{"LongerContentType", "{}", {{"content-type", "application/jsonx"}}, 415, "Content-Type"},
        PostCase{"NoContentType", "{}", {{"content-type", ""}}, 415, "Content-Type"},
        PostCase{"OtherProtocolVersion", "{}", {{"connect-protocol-version", "2"}}, 400, "Connect-Protocol-Version"},
        PostCase{"UnknownEncoding", "{}", {{"content-encoding", "br"}}, 501, "identity or gzip"},
        PostCase{"TwoEncodings", "{}", {{"content-encoding", "gzip, gzip"}}, 501, "identity or gzip"},
        PostCase{"EmptyEncoding", "{}", {{"content-encoding", ""}}, 501, "identity or gzip"},
        PostCase{"NotGzip", "{}", kGzip, 400, "gzip"},
        PostCase{"DeepWithinGzip", *Gzip(std::string(100'000, '[')), kGzip, 400, "nests deeper"},
        PostCase{"GzipWithinGzip", *Gzip(*Gzip("{}")), kGzip, 400, "RFC 8259"},
        PostCase{"NothingWithinGzip", *Gzip(""), kGzip, 400, "the request is empty"},
        PostCase{"GzipBomb", *Gzip(std::string(kMaxMessageBytes + 1, ' ')), kGzip, 429, "MESSAGE_TOO_LARGE"},
        PostCase{"TimeoutNotANumber", "{}", {{"connect-timeout-ms", "soon"}}, 400, "Connect-Timeout-Ms"},
        PostCase{"TimeoutEmpty", "{}", {{"connect-timeout-ms", ""}}, 400, "Connect-Timeout-Ms"},
        PostCase{"TimeoutNegative", "{}", {{"connect-timeout-ms", "-1"}}, 400, "Connect-Timeout-Ms"},
        PostCase{"TimeoutMinusZero", "{}", {{"connect-timeout-ms", "-0"}}, 400, "Connect-Timeout-Ms"},
        PostCase{"TimeoutPlus", "{}", {{"connect-timeout-ms", "+1"}}, 400, "Connect-Timeout-Ms"},
        PostCase{"TimeoutFraction", "{}", {{"connect-timeout-ms", "1.5"}}, 400, "Connect-Timeout-Ms"},
        PostCase{"TimeoutOfElevenDigits", "{}", {{"connect-timeout-ms", "00000000001"}}, 400, "Connect-Timeout-Ms"}),
    [](const auto& row) { return std::string(row.param.name); });

struct GetCase {
  const char* name;
  std::string query;
  Headers headers;
  int status;
  const char* says;
};

class GetRefusalTest : public testing::TestWithParam<GetCase>, public ConnectFixture {};

TEST_P(GetRefusalTest, HasAStatusAndAReason) {
  const HttpResponse response = Get(GetParam().query, GetParam().headers);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.body, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, GetRefusalTest,
    testing::Values(
        GetCase{"NoParameter", "", {}, 400, "encoding in the query"},
        GetCase{"NoEncoding", "message={}", {}, 400, "encoding in the query"},
        GetCase{"UnknownEncoding", "encoding=xml&message={}", {}, 415, "json or proto"},
        GetCase{"EncodingInCapitals", "encoding=JSON&message={}", {}, 415, "json or proto"},
        GetCase{"NoMessage", "encoding=json", {}, 400, "message in the query"},
        GetCase{"TwoMessages", "encoding=json&message={}&message={}", {}, 400, "message twice"},
        GetCase{"BrokenEscape", "encoding=json&message=%7", {}, 400, "hexadecimal"},
        GetCase{"MisspeltMember", R"(encoding=json&message={"tennantId":"acme"})", {}, 400, "tennantId"},
        GetCase{"OtherVersion", "connect=v2&encoding=json&message={}", {}, 400, "expected v1"},
        GetCase{"EmptyVersion", "connect=&encoding=json&message={}", {}, 400, "expected v1"},
        GetCase{"OtherVersionInTheHeader",
                "encoding=json&message={}",
                {{"connect-protocol-version", "2"}},
                400,
                "Connect-Protocol-Version"},
        GetCase{"BadTimeout", "encoding=json&message={}", {{"connect-timeout-ms", "x"}}, 400, "Connect-Timeout-Ms"},
        GetCase{"NoBase64", "base64=1&encoding=json&message=e.30", {}, 400, "URL-safe base64"},
        GetCase{"OtherAlphabet", "base64=1&encoding=proto&message=%2B%2F8", {}, 400, "URL-safe base64"},
        GetCase{"UnknownCompression", "compression=br&encoding=json&message={}", {}, 501, "identity or gzip"},
        GetCase{"NoGzip", "compression=gzip&encoding=json&message={}", {}, 400, "gzip"},
        GetCase{"GzipBomb",
                "compression=gzip&base64=1&encoding=json&message=" +
                    UrlBase64(*Gzip(std::string(kMaxMessageBytes + 1, ' '))),
                {},
                429,
                "MESSAGE_TOO_LARGE"},
        GetCase{"Brackets", "encoding=json&message=" + std::string(10'000, '['), {}, 400, "nests deeper"}),
    [](const auto& row) { return std::string(row.param.name); });

class ConnectRefusalTest : public ConnectTest {
 protected:
  HttpResponse Call(const std::string& verb, const std::string& target, const std::string& body = "") {
    return Serve({.method = verb,
                  .target = target,
                  .headers = {{"content-type", "application/json"}, {"origin", "https://evil.example"}},
                  .body = body});
  }
};

TEST_F(ConnectRefusalTest, APathThatIsNoMethodIs404) {
  for (const char* path :
       {"", "/", "*", "/usher.v1.EntitlementService/", "/usher.v1.EntitlementService/Nope",
        "/usher.v1.EntitlementService/checkEntitlement", "//usher.v1.EntitlementService/CheckEntitlement",
        "usher.v1.EntitlementService/CheckEntitlement", "/usher.v1.EntitlementService/CheckEntitlement/",
        "http://x/usher.v1.EntitlementService/CheckEntitlement"}) {
    const HttpResponse response = Call("POST", path, "{}");
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(response.body, HasSubstr(R"("code":"unimplemented")"));
    EXPECT_THAT(response.body, HasSubstr("METHOD_UNKNOWN"));
  }
}

TEST_F(ConnectRefusalTest, ACallWithSideEffectsIsNoGet) {
  const std::string query = "?connect=v1&encoding=json&message=%7B%22tenantId%22%3A%22acme%22%7D";
  const HttpResponse response = Call("GET", kWrites + query);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(HeaderOf(response, "Allow"), "POST");
  EXPECT_EQ(created(), 0);
  EXPECT_EQ(Call("POST", kWrites, R"({"tenantId":"acme"})").status, 200);
  EXPECT_EQ(created(), 1);
}

TEST_F(ConnectRefusalTest, AGetHasNoBody) {
  const HttpResponse response = Call("GET", std::string(kReads) + "?encoding=json&message={}", "{}");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("expected no body"));
}

TEST_F(ConnectRefusalTest, OtherVerbsAre405AndSayWhatIsAllowed) {
  for (const char* verb : {"HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "POSTS", ""}) {
    const HttpResponse reads = Call(verb, std::string(kReads) + "?encoding=json&message={}");
    EXPECT_EQ(reads.status, 405) << verb;
    EXPECT_EQ(HeaderOf(reads, "Allow"), "GET, POST");
    EXPECT_EQ(HeaderOf(Call(verb, kWrites), "Allow"), "POST");
  }
  EXPECT_EQ(created(), 0);
}

TEST_F(ConnectRefusalTest, NoAnswerInvitesAnotherOrigin) {
  for (const char* verb : {"POST", "GET", "OPTIONS"}) {
    for (const auto& [name, value] : Call(verb, std::string(kReads) + "?encoding=json&message={}").headers) {
      EXPECT_FALSE(name.starts_with("Access-Control-")) << verb << " " << name;
    }
  }
}

TEST_F(ConnectRefusalTest, RefusalsSayWhatWouldDo) {
  EXPECT_EQ(HeaderOf(Post("{}", {{"content-type", "text/plain"}}), "Accept-Post"),
            "application/json, application/proto");
  EXPECT_EQ(HeaderOf(Post("{}", {{"content-encoding", "br"}}), "Accept-Encoding"), "gzip");
}

TEST_F(ConnectRefusalTest, TheLimitIsTheSameForAPlainMessageAndForAnInflatedOne) {
  const std::string most = "{}" + std::string(kMaxMessageBytes - 2, ' ');
  EXPECT_EQ(Post(*Gzip(most), kGzip).status, 200);
  EXPECT_EQ(Post(*Gzip(most + " "), kGzip).status, 429);
  EXPECT_EQ(kMaxMessageBytes, HttpLimits{}.body_bytes);
}

// ---- harm ----

const std::set<int> kStatuses = {200, 400, 404, 405, 415, 429, 500, 501};

// Everything that every answer keeps to. True for a success.
bool IsSound(const HttpResponse& response) {
  EXPECT_TRUE(kStatuses.contains(response.status)) << response.status;
  EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
  std::string body = response.body;
  if (HeaderOf(response, "Content-Encoding") == "gzip") {
    const auto plain = Gunzip(body, 4 * kMaxMessageBytes);
    EXPECT_TRUE(plain.ok());
    body = plain.value_or("");
  }
  if (response.status == 200) return true;
  google::protobuf::Struct error;
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(body, &error).ok()) << body;
  EXPECT_TRUE(error.fields().contains("code")) << body;
  return false;
}

std::vector<HttpRequest> Seeds() {
  v1::CheckEntitlementRequest check;
  check.set_tenant_id("acme");
  check.set_feature("sso");
  check.mutable_at()->set_seconds(1'700'000'000);
  const std::string proto = check.SerializeAsString();
  const std::string json = R"({"tenantId":"acme","feature":"sso","quantity":"1","at":"2026-01-01T00:00:00Z"})";
  const std::pair<std::string, std::string> as_json = {"content-type", "application/json"};
  const std::pair<std::string, std::string> as_proto = {"content-type", "application/proto"};
  const std::pair<std::string, std::string> gzip = {"content-encoding", "gzip"};
  const std::string reads = kReads;
  return {
      {.method = "POST", .target = reads, .headers = {as_json, {"connect-timeout-ms", "100"}}, .body = json},
      {.method = "POST", .target = reads, .headers = {as_proto}, .body = proto},
      {.method = "POST", .target = reads, .headers = {as_json, gzip, {"accept-encoding", "gzip"}}, .body = *Gzip(json)},
      {.method = "POST", .target = reads, .headers = {as_proto, gzip}, .body = *Gzip(proto)},
      {.method = "GET",
       .target = reads + "?connect=v1&encoding=json&message=%7B%22tenantId%22%3A%22acme%22%7D",
       .headers = {{"accept-encoding", "gzip;q=1, identity"}},
       .body = {}},
      {.method = "GET",
       .target = reads + "?connect=v1&base64=1&encoding=proto&message=" + UrlBase64(proto),
       .headers = {},
       .body = {}},
      {.method = "GET",
       .target = reads + "?connect=v1&base64=1&compression=gzip&encoding=json&message=" + UrlBase64(*Gzip(json)),
       .headers = {},
       .body = {}},
  };
}

class Mutator {
 public:
  HttpRequest Change(HttpRequest request) {
    for (std::size_t changes = 1 + Below(3); changes > 0; --changes) {
      switch (Below(5)) {
        case 0: ChangeText(request.target); break;
        case 1: ChangeHeader(request); break;
        default: ChangeText(request.body.empty() ? request.target : request.body); break;
      }
    }
    return request;
  }

 private:
  std::size_t Below(std::size_t limit) { return random_() % limit; }

  void ChangeHeader(HttpRequest& request) {
    if (request.headers.empty()) return;
    auto& [name, value] = request.headers[Below(request.headers.size())];
    ChangeText(Below(4) == 0 ? name : value);
  }

  void ChangeText(std::string& text) {
    static const std::string kPieces[] = {"%",    "%00",  "&",    "=",    "message=",     "base64=1",
                                          "[[[[", "{\"",  "\\u",  "\xff", "\x1f\x8b\x08", "999999999999",
                                          ",",    ";q=0", "gzip", "\r\n"};
    const std::size_t at = Below(text.size() + 1);
    switch (Below(4)) {
      case 0: text.insert(at, kPieces[Below(std::size(kPieces))]); break;
      case 1: text.resize(at); break;
      case 2: text.insert(at, text.substr(Below(text.size() + 1), Below(40))); break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random_());
    }
  }

  std::mt19937 random_{20'260'101};
};

TEST_F(ConnectRefusalTest, WhateverComesIsAnswered) {
  constexpr int kRounds = 30'000;
  const google::protobuf::LogSilencer quiet;  // protobuf has something to say of every other request
  const std::vector<HttpRequest> seeds = Seeds();
  for (const HttpRequest& seed : seeds) EXPECT_TRUE(IsSound(Serve(seed))) << seed.target << "\n" << Serve(seed).body;
  Mutator mutator;
  int successes = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    const HttpRequest request = mutator.Change(seeds[static_cast<std::size_t>(round) % seeds.size()]);
    SCOPED_TRACE(absl::CHexEscape(ToAbsl(request.method + " " + request.target + "\n" + request.body)));
    successes += IsSound(Serve(request)) ? 1 : 0;
  }
  RecordProperty("cases", kRounds);
  // Neither all harmless nor all refused at the door.
  EXPECT_GT(successes, kRounds / 50);
  EXPECT_LT(successes, kRounds * 9 / 10);
}

}  // namespace
}  // namespace usher
