#include "server/integrations/stripe/signature.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"

namespace usher::stripe {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSecret = "whsec_test_secret";
constexpr const char* kBody = R"({"id":"evt_test_webhook","object":"event"})";
constexpr std::int64_t kSignedAt = 1614265330;
const std::string kMac = "3c5817089d739023dd6190f70a3757e04f7a2fd8b5dab12c2e000f51970dccff";
const std::string kOtherMac(64, 'a');

SignatureVerifier Verifier(std::vector<std::string> texts) {
  std::vector<Secret> secrets;
  for (std::string& text : texts) secrets.emplace_back(std::move(text));
  return SignatureVerifier::Create(std::move(secrets)).value();
}

SignatureVerdict Verify(const std::string& header, std::int64_t received_at = kSignedAt) {
  return Verifier({kSecret}).Verify(header, kBody, FromUnixSeconds(received_at));
}

TEST(Signature, MatchesThePublishedVector) {
  EXPECT_EQ(SignatureHeader(Secret(kSecret), kSignedAt, kBody), "t=1614265330,v1=" + kMac);
  EXPECT_EQ(Verify("t=1614265330,v1=" + kMac).result, SignatureResult::kValid);
}

struct HeaderCase {
  const char* name;
  std::string header;
  SignatureResult result;
  const char* reason;
};

class SignatureHeaders : public ::testing::TestWithParam<HeaderCase> {};

TEST_P(SignatureHeaders, AreJudgedWithAReason) {
  const SignatureVerdict verdict = Verify(GetParam().header);
  EXPECT_EQ(verdict.result, GetParam().result) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr(GetParam().reason));
  EXPECT_EQ(verdict.reason.empty(), verdict.result == SignatureResult::kValid);
}

const std::string kT = "t=1614265330";

std::string ManySignatures() {
  std::string header = kT;
  for (int i = 0; i < 17; ++i) header += ",v1=" + kOtherMac;
  return header;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SignatureHeaders,
    ::testing::ValuesIn(std::vector<HeaderCase>{
        {"AnyV1MayMatch", kT + ",v1=" + kOtherMac + ",v1=" + kMac, SignatureResult::kValid, ""},
        {"OtherSchemesAreIgnored", kT + ",v0=junk,v1=" + kMac + ",v2=x", SignatureResult::kValid, ""},
        {"OrderIsFree", "v1=" + kMac + "," + kT, SignatureResult::kValid, ""},
        {"BlanksAroundElementsAreAllowed", " " + kT + ", v1=" + kMac + " ", SignatureResult::kValid, ""},
        {"V0NeverCounts", kT + ",v0=" + kMac, SignatureResult::kMalformed, "no signature"},
        {"WrongMac", kT + ",v1=" + kOtherMac, SignatureResult::kMismatch, "no v1 signature"},
        {"TimeIsSigned", "t=1614265331,v1=" + kMac, SignatureResult::kMismatch, "no v1 signature"},
        {"TimeIsSignedAsWritten", "t=01614265330,v1=" + kMac, SignatureResult::kMismatch, "no v1 signature"},
        {"Empty", "", SignatureResult::kMalformed, "no Stripe-Signature header"},
        {"Blank", "  \t", SignatureResult::kMalformed, "no Stripe-Signature header"},
        {"NoTime", "v1=" + kMac, SignatureResult::kMalformed, "no timestamp"},
        {"NoSignature", kT, SignatureResult::kMalformed, "no signature"},
        {"TwoTimes", kT + "," + kT + ",v1=" + kMac, SignatureResult::kMalformed, "two timestamps"},
        {"TimeIsNoNumber", "t=now,v1=" + kMac, SignatureResult::kMalformed, "not a Unix time"},
        {"TimeIsNegative", "t=-1614265330,v1=" + kMac, SignatureResult::kMalformed, "not a Unix time"},
        {"TimeIsHuge", "t=99999999999999999999,v1=" + kMac, SignatureResult::kMalformed, "not a Unix time"},
        {"TimeHasAFraction", "t=1614265330.5,v1=" + kMac, SignatureResult::kMalformed, "not a Unix time"},
        {"MacIsShort", kT + ",v1=3c58", SignatureResult::kMalformed, "not 64"},
        {"MacIsNoHex", kT + ",v1=" + std::string(64, 'g'), SignatureResult::kMalformed, "not 64"},
        {"MacIsUpperCase", kT + ",v1=" + std::string(64, 'A'), SignatureResult::kMalformed, "not 64"},
        {"NoEquals", "nonsense", SignatureResult::kMalformed, "not name=value"},
        {"NoName", "=x," + kT, SignatureResult::kMalformed, "not name=value"},
        {"NoValue", "t=," + kT, SignatureResult::kMalformed, "not name=value"},
        {"EmptyElement", kT + ",,v1=" + kMac, SignatureResult::kMalformed, "not name=value"},
        {"TooManySignatures", ManySignatures(), SignatureResult::kMalformed, "more than 16"},
        {"TooLong", kT + ",v0=" + std::string(9000, 'x'), SignatureResult::kMalformed, "longer than 8 KiB"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(Signature, ToleratesThreeHundredSecondsInBothDirections) {
  const std::string header = "t=1614265330,v1=" + kMac;
  EXPECT_EQ(Verify(header, kSignedAt + 300).result, SignatureResult::kValid);
  EXPECT_EQ(Verify(header, kSignedAt - 300).result, SignatureResult::kValid);
  EXPECT_EQ(Verify(header, kSignedAt + 301).result, SignatureResult::kStale);
  EXPECT_EQ(Verify(header, kSignedAt - 301).result, SignatureResult::kStale);
  const Instant just_late = FromUnixMillis(kSignedAt * 1000 + 300'001);
  EXPECT_EQ(Verifier({kSecret}).Verify(header, kBody, just_late).result, SignatureResult::kStale);
}

TEST(Signature, AStaleForgeryIsAForgery) {
  EXPECT_EQ(Verify("t=1614265330,v1=" + kOtherMac, kSignedAt + 9999).result, SignatureResult::kMismatch);
}

TEST(Signature, AnyOfSeveralSecretsVerifies) {
  const SignatureVerifier verifier = Verifier({"whsec_new", kSecret});
  const std::string body = "{}";
  for (const char* secret : {"whsec_new", kSecret}) {
    const std::string header = SignatureHeader(Secret(secret), kSignedAt, body);
    EXPECT_EQ(verifier.Verify(header, body, FromUnixSeconds(kSignedAt)).result, SignatureResult::kValid);
  }
  const std::string foreign = SignatureHeader(Secret("whsec_foreign"), kSignedAt, body);
  EXPECT_EQ(verifier.Verify(foreign, body, FromUnixSeconds(kSignedAt)).result, SignatureResult::kMismatch);
}

TEST(Signature, CoversEveryByteOfTheBody) {
  const std::string header = "t=1614265330,v1=" + kMac;
  const std::string body = kBody;
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string changed = body;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(Verifier({kSecret}).Verify(header, changed, FromUnixSeconds(kSignedAt)).result,
              SignatureResult::kMismatch);
  }
  EXPECT_EQ(Verifier({kSecret}).Verify(header, body + " ", FromUnixSeconds(kSignedAt)).result,
            SignatureResult::kMismatch);
}

struct SecretCase {
  const char* name;
  std::vector<std::string> secrets;
  const char* message;
};

class RefusedSecrets : public ::testing::TestWithParam<SecretCase> {};

TEST_P(RefusedSecrets, NameTheirPosition) {
  std::vector<Secret> secrets;
  for (const std::string& text : GetParam().secrets) secrets.emplace_back(text);
  const auto verifier = SignatureVerifier::Create(std::move(secrets));
  ASSERT_FALSE(verifier.ok());
  EXPECT_EQ(verifier.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(StatusMessage(verifier.status()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RefusedSecrets,
    ::testing::ValuesIn(std::vector<SecretCase>{
        {"None", {}, "no Stripe webhook secret"},
        {"Empty", {""}, "1 of 1 is blank"},
        {"Blank", {kSecret, " \n"}, "2 of 2 is blank"},
        {"OfAnotherKind", {"foo"}, "1 of 1 is none of Stripe's"},
        {"ApiKey", {kSecret, "sk_test_4eC39HqLyjWDarjtT1zdp7dc"}, "expected the endpoint's signing"},
        {"OnlyThePrefix", {"whsec_"}, "1 of 1 is none of Stripe's"},
        {"Wrapped", {"whsec_x\n"}, "starts or ends with white space"},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace usher::stripe
