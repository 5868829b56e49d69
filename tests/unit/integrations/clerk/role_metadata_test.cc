#include "server/integrations/clerk/role_metadata.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::clerk {
namespace {

const UserId kAda{"user_ada"};

RoleMetadata Growth() {
  return {.tenant = TenantId("acme"),
          .plan = "growth@2",
          .roles = {"admin", "seat"},
          .version = 7,
          .expires_at = ParseInstant("2026-07-01T00:00:00Z").value()};
}

std::string UserWith(const std::string& public_metadata) {
  return R"({"id":"user_ada","public_metadata":)" + public_metadata + "}";
}

std::string UserWithOwned(const std::string& value) { return UserWith(R"({"usher":)" + value + "}"); }

TEST(RoleMetadataTest, IsSentAsFiveMembers) {
  EXPECT_EQ(OwnedValue(Growth()), R"({"tenant":"acme","plan":"growth@2","roles":["admin","seat"],"version":7,)"
                                  R"("expires_at":"2026-07-01T00:00:00Z"})");
}

struct ExpiryCase {
  const char* name;
  std::optional<Instant> expires_at;
  const char* expected;
};

class ExpiryTest : public testing::TestWithParam<ExpiryCase> {};

TEST_P(ExpiryTest, IsATimeOfRfc3339OrNull) {
  RoleMetadata metadata = Growth();
  metadata.expires_at = GetParam().expires_at;
  EXPECT_THAT(OwnedValue(metadata), testing::EndsWith(std::string("\"expires_at\":") + GetParam().expected + "}"));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ExpiryTest,
    testing::Values(ExpiryCase{"Never", std::nullopt, "null"},  //
                    ExpiryCase{"Forever", kForever, "null"},
                    ExpiryCase{"BeyondTheYear9999", FromUnixSeconds(253'402'300'800), "null"},
                    ExpiryCase{"TheLastSecondOf9999", FromUnixSeconds(253'402'300'799), "\"9999-12-31T23:59:59Z\""},
                    ExpiryCase{"WithMillis", FromUnixMillis(1'782'864'000'123), "\"2026-07-01T00:00:00.123Z\""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RoleMetadataTest, APatchNamesOurKeyAlone) {
  EXPECT_EQ(PatchBody(Growth(), {}), R"({"public_metadata":{"usher":)" + OwnedValue(Growth()) + "}}");
  EXPECT_EQ(PatchBody(std::nullopt, {}), R"({"public_metadata":{"usher":null}})");
}

TEST(RoleMetadataTest, APatchTakesStraysAwayByNullAndNothingElse) {
  const std::string body = PatchBody(Growth(), {"old", "a\"b"});
  EXPECT_THAT(body, testing::EndsWith(R"(,"old":null,"a\"b":null}}})"));
  EXPECT_EQ(PatchBody(std::nullopt, {"old"}), PatchBody(std::nullopt, {})) << "the whole value goes";
}

TEST(RoleMetadataTest, WhatIsSentIsReadBack) {
  for (const std::optional<Instant>& expires_at : {Growth().expires_at, std::optional<Instant>()}) {
    RoleMetadata metadata = Growth();
    metadata.expires_at = expires_at;
    const auto owned = ReadUser(UserWithOwned(OwnedValue(metadata)), kAda);
    ASSERT_TRUE(owned);
    EXPECT_EQ(owned->observed.metadata, metadata);
    EXPECT_FALSE(owned->observed.unreadable);
  }
}

struct NothingCase {
  const char* name;
  std::string public_metadata;
};

class NothingOfOursTest : public testing::TestWithParam<NothingCase> {};

TEST_P(NothingOfOursTest, IsNoMetadata) {
  const auto owned = ReadUser(UserWith(GetParam().public_metadata), kAda);
  ASSERT_TRUE(owned);
  EXPECT_FALSE(owned->observed.metadata);
  EXPECT_FALSE(owned->observed.unreadable);
}

INSTANTIATE_TEST_SUITE_P(Cases, NothingOfOursTest,
                         testing::Values(NothingCase{"Empty", "{}"}, NothingCase{"Null", "null"},
                                         NothingCase{"KeyIsNull", R"({"usher":null})"},
                                         NothingCase{"ForeignKeys", R"({"usher2":{"plan":"x"},"roles":["admin"]})"}),
                         [](const auto& row) { return std::string(row.param.name); });

struct UnreadableCase {
  const char* name;
  std::string value;
  std::vector<std::string> strays;
};

class UnreadableTest : public testing::TestWithParam<UnreadableCase> {};

TEST_P(UnreadableTest, IsOursInAFormThatUsherDoesNotWrite) {
  const auto owned = ReadUser(UserWithOwned(GetParam().value), kAda);
  ASSERT_TRUE(owned);
  EXPECT_FALSE(owned->observed.metadata);
  EXPECT_TRUE(owned->observed.unreadable);
  EXPECT_EQ(owned->strays, GetParam().strays);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, UnreadableTest,
    testing::Values(
        UnreadableCase{"Text", R"("growth")", {}}, UnreadableCase{"Array", "[1]", {}},
        UnreadableCase{"EmptyObject", "{}", {}},
        UnreadableCase{"NoTenant", R"({"plan":"p","roles":[],"version":1})", {}},
        UnreadableCase{"NoPlan", R"({"tenant":"t","roles":[],"version":1})", {}},
        UnreadableCase{"NoRoles", R"({"tenant":"t","plan":"p","version":1})", {}},
        UnreadableCase{"NoVersion", R"({"tenant":"t","plan":"p","roles":[]})", {}},
        UnreadableCase{"TenantIsANumber", R"({"tenant":1,"plan":"p","roles":[],"version":1})", {}},
        UnreadableCase{"PlanIsNull", R"({"tenant":"t","plan":null,"roles":[],"version":1})", {}},
        UnreadableCase{"RolesAreAnObject", R"({"tenant":"t","plan":"p","roles":{"0":"a"},"version":1})", {}},
        UnreadableCase{"ARoleIsANumber", R"({"tenant":"t","plan":"p","roles":["a",1],"version":1})", {}},
        UnreadableCase{"VersionIsText", R"({"tenant":"t","plan":"p","roles":[],"version":"1"})", {}},
        UnreadableCase{"VersionIsAFraction", R"({"tenant":"t","plan":"p","roles":[],"version":1.5})", {}},
        UnreadableCase{
            "VersionIsTooLarge", R"({"tenant":"t","plan":"p","roles":[],"version":9223372036854775808})", {}},
        UnreadableCase{"ExpiryIsANumber", R"({"tenant":"t","plan":"p","roles":[],"version":1,"expires_at":5})", {}},
        UnreadableCase{"ExpiryIsNoTime", R"({"tenant":"t","plan":"p","roles":[],"version":1,"expires_at":"soon"})", {}},
        UnreadableCase{"Stray", R"({"tenant":"t","plan":"p","roles":[],"version":1,"seats":5})", {"seats"}},
        UnreadableCase{"StrayInAWrongForm", R"({"seats":5,"role":"x"})", {"seats", "role"}}),
    [](const auto& row) { return std::string(row.param.name); });

class NoUserTest : public testing::TestWithParam<NothingCase> {};

TEST_P(NoUserTest, IsNotTakenForTheUser) { EXPECT_FALSE(ReadUser(GetParam().public_metadata, kAda)); }

INSTANTIATE_TEST_SUITE_P(
    Cases, NoUserTest,
    testing::Values(NothingCase{"Nothing", ""}, NothingCase{"Page", "<html>busy</html>"}, NothingCase{"List", "[]"},
                    NothingCase{"HalfAnObject", R"({"id":"user_ada","public_metadata":{)"},
                    NothingCase{"OtherUser", R"({"id":"user_bob","public_metadata":{}})"},
                    NothingCase{"NoId", R"({"public_metadata":{}})"},
                    NothingCase{"IdIsANumber", R"({"id":7,"public_metadata":{}})"},
                    NothingCase{"NoMetadata", R"({"id":"user_ada"})"},
                    NothingCase{"TextAsMetadata", UserWith("\"{}\"")}, NothingCase{"ArrayAsMetadata", UserWith("[]")},
                    NothingCase{"TwoIds", R"({"id":"user_ada","id":"user_bob","public_metadata":{}})"},
                    NothingCase{"OursTwice", UserWith(R"({"usher":null,"usher":{}})")},
                    NothingCase{"TooDeep", UserWith(std::string(100, '[') + std::string(100, ']'))}),
    [](const auto& row) { return std::string(row.param.name); });

// A user writes unsafe_metadata without asking anybody.
TEST(RoleMetadataTest, WhatAUserPutIntoTheirOwnMetadataHidesNothing) {
  const std::string deep = std::string(4000, '[') + std::string(4000, ']');
  for (const std::string& unsafe : {deep, std::string(R"({"a":1,"a":2})"), std::string(R"(["\ud800"])")}) {
    const auto owned = ReadUser(R"({"id":"user_ada","unsafe_metadata":)" + unsafe + R"(,"public_metadata":{"usher":)" +
                                    OwnedValue(Growth()) + "}}",
                                kAda);
    ASSERT_TRUE(owned) << unsafe.substr(0, 20);
    EXPECT_EQ(owned->observed.metadata, Growth());
  }
}

}  // namespace
}  // namespace usher::clerk
