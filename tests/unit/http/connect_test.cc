// What POST and GET answer; what they refuse is in connect_refusal_test.cc.
#include "server/http/connect.h"

#include <absl/strings/escaping.h>

#include "catalog/absl_bridge.h"
#include "server/http/content_coding.h"
#include "tests/unit/http/connect_fixture.h"

namespace usher {
namespace {

using testing::HasSubstr;

std::string Check(const std::string& feature) {
  v1::CheckEntitlementRequest request;
  request.set_feature(feature);
  return request.SerializeAsString();
}

std::string FeatureIn(const std::string& proto) {
  v1::CheckEntitlementResponse response;
  EXPECT_TRUE(response.ParseFromString(proto));
  return response.decision().feature();
}

std::string UrlBase64(const std::string& bytes) { return absl::WebSafeBase64Escape(ToAbsl(bytes)); }

// Its answer is worth compressing.
const std::string kLongFeature(kLeastGzipBytes, 'f');

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
  const HttpResponse response = Post(Check("sso"), {{"content-type", "application/proto"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/proto");
  EXPECT_EQ(FeatureIn(response.body), "sso");
  EXPECT_EQ(Post("", {{"content-type", "application/proto"}}).status, 200);  // the request with defaults only
}

TEST_F(ConnectTest, CharsetAndCaseOfTheContentTypeDoNotMatter) {
  EXPECT_EQ(Post("{}", {{"content-type", "Application/JSON; charset=utf-8"}}).status, 200);
  EXPECT_EQ(Post("{}", {{"content-type", " application/json ;charset=utf-8"}}).status, 200);
}

TEST_F(ConnectTest, TheQueryOfAPostMeansNothing) {
  const HttpResponse response = Post(R"({"feature":"sso"})", {}, std::string(kReads) + "?encoding=proto&message=%zz");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"("feature":"sso")"));
}

TEST_F(ConnectTest, NobodyMayKeepAnAnswer) {
  for (const HttpResponse& response :
       {Post("{}"), Get("encoding=json&message={}"), Post(R"({"feature":"nope"})"), Get("encoding=json&message=x"),
        Serve({.method = "GET", .target = kWrites, .headers = {}, .body = {}}),
        Serve({.method = "GET", .target = "/nope", .headers = {}, .body = {}})}) {
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store") << response.body;
  }
}

TEST_F(ConnectTest, WhatDependsOnAcceptEncodingSaysSo) {
  EXPECT_EQ(HeaderOf(Post("{}"), "Vary"), "Accept-Encoding");
  EXPECT_EQ(HeaderOf(Get("encoding=json&message={}"), "Vary"), "Accept-Encoding");
  EXPECT_EQ(HeaderOf(Post(R"({"feature":"nope"})"), "Vary"), "Accept-Encoding");
}

TEST_F(ConnectTest, AnErrorOfTheServiceIsAnAnswerToo) {
  const HttpResponse response = Post(R"({"feature":"nope"})", {{"content-type", "application/json"}});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.body, HasSubstr(R"("code":"not_found")"));
  EXPECT_THAT(response.body, HasSubstr(R"("type":"google.rpc.ErrorInfo")"));
  EXPECT_THAT(response.body, HasSubstr(R"("reason":"FEATURE_UNKNOWN")"));
  EXPECT_THAT(response.body, HasSubstr(R"(no feature \"nope\")"));
  EXPECT_EQ(Post(Check("nope"), {{"content-type", "application/proto"}}).content_type, "application/json");
  EXPECT_EQ(HeaderOf(Post(R"({"feature":"busy"})"), "Retry-After"), "2");
}

TEST_F(ConnectTest, AnInternalErrorKeepsItsWordsToItself) {
  const HttpResponse response = Post(R"({"feature":"broken"})");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("INTERNAL"));
  EXPECT_THAT(response.body, testing::Not(HasSubstr("sda1")));
}

// ---- GET ----

TEST_F(ConnectTest, GetAnswersWhatPostAnswers) {
  const HttpResponse post = Post(R"({"tenantId":"acme","feature":"sso"})");
  const HttpResponse get =
      Get("connect=v1&encoding=json&message=%7B%22tenantId%22%3A%22acme%22%2C%22feature%22:%22sso%22%7D");
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(get.content_type, post.content_type);
  EXPECT_EQ(get.body, post.body);
}

TEST_F(ConnectTest, GetTakesBase64WithPaddingOrWithout) {
  const HttpResponse proto = Get("base64=1&encoding=proto&message=" + UrlBase64(Check("sso")));
  EXPECT_EQ(proto.status, 200) << proto.body;
  EXPECT_EQ(proto.content_type, "application/proto");
  EXPECT_EQ(FeatureIn(proto.body), "sso");
  EXPECT_THAT(Get("base64=1&encoding=json&message=eyJmZWF0dXJlIjoiYSJ9").body, HasSubstr(R"("feature":"a")"));
  EXPECT_THAT(Get("base64=1&encoding=json&message=eyJmZWF0dXJlIjoiYWEifQ%3D%3D").body, HasSubstr(R"("feature":"aa")"));
  EXPECT_THAT(Get("base64=1&encoding=json&message=eyJmZWF0dXJlIjoiYWEifQ").body, HasSubstr(R"("feature":"aa")"));
}

TEST_F(ConnectTest, AnotherValueOfBase64MeansNothing) {
  EXPECT_EQ(Get("base64=0&encoding=json&message={}").status, 200);
  EXPECT_EQ(Get("base64=true&encoding=json&message={}").status, 200);
  EXPECT_EQ(Get("base64=1&encoding=json&message={}").status, 400);
}

TEST_F(ConnectTest, GetTakesACompressedMessage) {
  const std::string gzip = UrlBase64(*Gzip(R"({"feature":"sso"})"));
  const HttpResponse response = Get("encoding=json&compression=gzip&base64=1&message=" + gzip);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_THAT(response.body, HasSubstr(R"("feature":"sso")"));
  EXPECT_EQ(Get("encoding=proto&compression=gzip&base64=1&message=").status, 200);  // nothing is never inflated
  EXPECT_EQ(Get("encoding=json&compression=identity&message={}").status, 200);
}

TEST_F(ConnectTest, AnEmptyMessageIsAMessageInProto) {
  EXPECT_EQ(Get("encoding=proto&message=").status, 200);
  EXPECT_EQ(Get("encoding=json&message=").status, 400);
}

// ---- gzip ----

TEST_F(ConnectTest, TakesACompressedBody) {
  const HttpResponse response = Post(*Gzip(R"({"feature":"sso"})"), {{"content-encoding", "gzip"}});
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_THAT(response.body, HasSubstr(R"("feature":"sso")"));
  EXPECT_EQ(Post("{}", {{"content-encoding", "Identity"}}).status, 200);
  EXPECT_EQ(Post(*Gzip("{}"), {{"content-encoding", "GZIP"}}).status, 200);
}

TEST_F(ConnectTest, AnEmptyBodyIsNeverInflated) {
  EXPECT_EQ(Post("", {{"content-type", "application/proto"}, {"content-encoding", "gzip"}}).status, 200);
}

TEST_F(ConnectTest, CompressesLongAnswersForThoseWhoRead) {
  const std::string body = R"({"feature":")" + kLongFeature + "\"}";
  const HttpResponse plain = Post(body);
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
  const HttpResponse gzip = Post(body, {{"accept-encoding", "br, gzip"}});
  EXPECT_EQ(HeaderOf(gzip, "Content-Encoding"), "gzip");
  EXPECT_LT(gzip.body.size(), plain.body.size());
  EXPECT_EQ(*Gunzip(gzip.body, kLeastGzipBytes * 4), plain.body);
  EXPECT_EQ(HeaderOf(Post(body, {{"accept-encoding", "identity"}}), "Content-Encoding"), "");
}

TEST_F(ConnectTest, WhoSendsGzipReadsItUnlessItSaysOtherwise) {
  const std::string gzip = *Gzip(R"({"feature":")" + kLongFeature + "\"}");
  EXPECT_EQ(HeaderOf(Post(gzip, {{"content-encoding", "gzip"}}), "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(Post(gzip, {{"content-encoding", "gzip"}, {"accept-encoding", "br"}}), "Content-Encoding"), "");
  const std::string query = "encoding=json&compression=gzip&base64=1&message=" + UrlBase64(gzip);
  EXPECT_EQ(HeaderOf(Get(query), "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(Get(query, {{"accept-encoding", "identity"}}), "Content-Encoding"), "");
}

TEST_F(ConnectTest, ShortAnswersStayPlain) {
  // In protobuf the answer is the feature and a few bytes around it.
  const auto proto = [this](std::size_t size) {
    return Post(Check(std::string(size, 'f')), {{"content-type", "application/proto"}, {"accept-encoding", "gzip"}});
  };
  const std::size_t around =
      Post(Check(std::string(1000, 'f')), {{"content-type", "application/proto"}}).body.size() - 1000;
  EXPECT_EQ(HeaderOf(proto(kLeastGzipBytes - around - 1), "Content-Encoding"), "");
  EXPECT_EQ(HeaderOf(proto(kLeastGzipBytes - around), "Content-Encoding"), "gzip");
}

TEST_F(ConnectTest, LongErrorsAreCompressedToo) {
  const HttpResponse response = Post(R"({"feature":"busy"})", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.content_type, "application/json");
  ASSERT_EQ(HeaderOf(response, "Content-Encoding"), "gzip");
  EXPECT_THAT(*Gunzip(response.body, 4 * kLeastGzipBytes), HasSubstr(R"("code":"resource_exhausted")"));
}

}  // namespace
}  // namespace usher
