// The provider against a Clerk of our own, over real sockets.
#include "server/integrations/clerk/provider.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/fake_clerk/fake_clerk.h"

namespace usher::clerk {
namespace {

using enum ProviderFailure::Kind;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr char kKey[] = "sk_test_hush";
const UserId kAda{"user_ada"};
const UserId kBob{"user_bob"};

RoleMetadata Growth(std::int64_t version = 7) {
  return {.tenant = TenantId("acme"),
          .plan = "growth@2",
          .roles = {"admin", "seat"},
          .version = version,
          .expires_at = ParseInstant("2026-07-01T00:00:00Z").value()};
}

constexpr char kGrowthJson[] = R"({"usher":{"tenant":"acme","plan":"growth@2","roles":["admin","seat"],"version":7,)"
                               R"("expires_at":"2026-07-01T00:00:00Z"}})";

class ClerkProviderTest : public testing::Test {
 protected:
  ClerkProviderTest() : clerk_({.secret_key = kKey, .requests = 10'000}) {
    clerk_.PutUser("user_ada");
    clerk_.PutUser("user_bob");
    Use(Options());
  }

  // Of every failure: no secret, no personal data.
  ~ClerkProviderTest() override {
    for (const std::string& message : messages_) {
      EXPECT_THAT(message, Not(HasSubstr("sk_test"))) << message;
      EXPECT_THAT(message, Not(HasSubstr("user_ada"))) << message;
      EXPECT_THAT(message, Not(HasSubstr("example.com"))) << message;
    }
  }

  ClerkOptions Options() const {
    return {.url = clerk_.url(), .secret_key = Secret(kKey), .timeout = milliseconds(10'000)};
  }
  void Use(ClerkOptions options) { provider_ = std::make_unique<ClerkProvider>(std::move(options)); }

  std::optional<ObservedMetadata> Read(const UserId& user = kAda) {
    auto answer = provider_->Read(user);
    if (auto* observed = std::get_if<ObservedMetadata>(&answer)) return *observed;
    failure_ = std::get<ProviderFailure>(answer);
    messages_.push_back(failure_.message);
    return std::nullopt;
  }

  // True when it went well.
  bool Write(const std::optional<RoleMetadata>& desired, const UserId& user = kAda) {
    const auto failure = provider_->Write(user, desired);
    if (!failure) return true;
    failure_ = *failure;
    messages_.push_back(failure_.message);
    return false;
  }

  FakeClerk clerk_;
  std::unique_ptr<ClerkProvider> provider_;
  ProviderFailure failure_;  // the last
  std::vector<std::string> messages_;
};

TEST_F(ClerkProviderTest, IsCalledClerk) { EXPECT_EQ(provider_->Name(), "clerk"); }

TEST_F(ClerkProviderTest, ReadsWhatItWrote) {
  EXPECT_EQ(Read()->metadata, std::nullopt);
  ASSERT_TRUE(Write(Growth())) << failure_.message;
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"), kGrowthJson);
  EXPECT_EQ(Read()->metadata, Growth());
  EXPECT_EQ(Read(kBob)->metadata, std::nullopt);
}

TEST_F(ClerkProviderTest, AWriteReplacesAllOfIt) {
  ASSERT_TRUE(Write(Growth()));
  RoleMetadata other{.tenant = TenantId("bolt"), .plan = "", .roles = {"viewer"}, .version = 8, .expires_at = {}};
  ASSERT_TRUE(Write(other)) << failure_.message;
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"),
            R"({"usher":{"tenant":"bolt","plan":"","roles":["viewer"],"version":8}})");
  EXPECT_EQ(Read()->metadata, other);
}

TEST_F(ClerkProviderTest, RepetitionIsHarmless) {
  ASSERT_TRUE(Write(Growth()));
  ASSERT_TRUE(Write(Growth()));
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"), kGrowthJson);
  ASSERT_TRUE(Write(std::nullopt));
  ASSERT_TRUE(Write(std::nullopt));
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"), "{}");
  EXPECT_EQ(Read()->metadata, std::nullopt);
}

TEST_F(ClerkProviderTest, ForeignKeysStayAsTheyAre) {
  clerk_.PutUser("user_ada", R"({"theme":"dark","usher_notes":{"a":[1,null]},"roles":["owner"]})", R"({"mine":1})");
  ASSERT_TRUE(Write(Growth()));
  ASSERT_TRUE(Write(std::nullopt));
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"), R"({"theme":"dark","usher_notes":{"a":[1,null]},"roles":["owner"]})");
  for (const ClerkRequest& asked : clerk_.Requests()) {
    if (asked.request.method != "PATCH") continue;
    EXPECT_THAT(asked.request.body, testing::StartsWith(R"({"public_metadata":{"usher":)"));
    EXPECT_THAT(asked.request.body, Not(HasSubstr("theme")));
  }
}

TEST_F(ClerkProviderTest, MembersThatAreNotItsOwnFormGoWithAWrite) {
  clerk_.PutUser("user_ada", R"({"usher":{"plan":"old","seats":{"a":{"b":1}},"legacy":"x"},"theme":"dark"})");
  EXPECT_TRUE(Read()->unreadable);
  ASSERT_TRUE(Write(Growth())) << failure_.message;
  EXPECT_EQ(Read()->metadata, Growth());
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), Not(testing::ContainsRegex("seats|legacy")));
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), HasSubstr(R"("theme":"dark")"));
}

TEST_F(ClerkProviderTest, WhatIsNoObjectIsReplaced) {
  for (const char* value : {"\"growth\"", "[1]", "7", R"({"roles":{"0":"admin"},"plan":{"a":1}})"}) {
    clerk_.PutUser("user_ada", std::string("{\"usher\":") + value + "}");
    EXPECT_TRUE(Read()->unreadable) << value;
    ASSERT_TRUE(Write(Growth())) << failure_.message;
    EXPECT_EQ(Read()->metadata, Growth());
  }
}

TEST_F(ClerkProviderTest, RequestsNameTheKeyTheVersionAndTheirForm) {
  Read();
  Write(Growth());
  const auto requests = clerk_.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].request.method, "GET");
  EXPECT_EQ(requests[0].request.target, "/v1/users/user_ada");
  EXPECT_EQ(requests[1].request.method, "PATCH");
  EXPECT_EQ(requests[1].request.target, "/v1/users/user_ada/metadata");
  EXPECT_EQ(requests[1].request.Header("content-type"), "application/json");
  for (const ClerkRequest& asked : requests) {
    EXPECT_EQ(asked.request.Header("authorization"), std::string("Bearer ") + kKey);
    EXPECT_EQ(asked.request.Header("clerk-api-version"), kApiVersion);
  }
}

TEST_F(ClerkProviderTest, ASlashAtTheEndOfTheUrlIsOneTooMany) {
  ClerkOptions options = Options();
  options.url += "//";
  Use(std::move(options));
  EXPECT_TRUE(Read());
}

TEST_F(ClerkProviderTest, ItKnowsWhenItLastWorkedAndWhyItLastDidNot) {
  EXPECT_FALSE(provider_->Contact().answered.has_value());
  EXPECT_FALSE(provider_->Contact().failed.has_value());
  provider_->Read(UserId("user_of_nobody"));
  EXPECT_TRUE(provider_->Contact().answered.has_value()) << "it is there, and says that it does not know the user";
  EXPECT_FALSE(provider_->Contact().failed.has_value());
  ClerkOptions options = Options();
  options.secret_key = Secret("sk_test_wrong");
  ClerkProvider wrong(options);
  wrong.Read(UserId("user_ada"));
  EXPECT_FALSE(wrong.Contact().answered.has_value());
  ASSERT_TRUE(wrong.Contact().failed.has_value());
  EXPECT_NE(wrong.Contact().failure.find("401"), std::string::npos) << wrong.Contact().failure;
}

TEST_F(ClerkProviderTest, AnUnknownUserIsFinal) {
  EXPECT_FALSE(Read(UserId("user_gone")));
  EXPECT_EQ(failure_.kind, kUnknownUser);
  EXPECT_THAT(failure_.message, HasSubstr("(resource_not_found)"));
  EXPECT_FALSE(Write(Growth(), UserId("user_gone")));
  EXPECT_EQ(failure_.kind, kUnknownUser);
}

TEST_F(ClerkProviderTest, AWrongKeyIsTheServersFaultAndNotTold) {
  ClerkOptions options = Options();
  options.secret_key = Secret("sk_test_wrong");
  Use(std::move(options));
  EXPECT_FALSE(Read());
  EXPECT_EQ(failure_.kind, kRefused);
  EXPECT_THAT(failure_.message, HasSubstr("401 (clerk_key_invalid)"));
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRefused);
}

TEST_F(ClerkProviderTest, ClerksOwnBoundOnMetadataIsFinal) {
  clerk_.PutUser("user_ada", R"({"notes":")" + std::string(8 * 1024 - 100, 'x') + "\"}");
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kFinal);
  EXPECT_THAT(failure_.message, HasSubstr("422 (form_param_exceeds_allowed_size)"));
}

RoleMetadata OfSize(std::size_t bytes) {
  RoleMetadata metadata = Growth();
  metadata.roles = {"admin"};
  metadata.plan.append(bytes - OwnedValue(metadata).size(), 'x');
  return metadata;
}

TEST_F(ClerkProviderTest, ItsOwnValueStaysUnderWhatASessionTokenHolds) {
  EXPECT_TRUE(Write(OfSize(1'199))) << failure_.message;
  EXPECT_FALSE(Write(OfSize(1'200)));
  EXPECT_EQ(failure_.kind, kFinal);
  EXPECT_THAT(failure_.message, HasSubstr("tenant acme takes 1200 bytes with its 1 roles"));
  EXPECT_EQ(clerk_.Requests().size(), 1u) << "it was sent";
}

TEST_F(ClerkProviderTest, AnIdThatWouldBeAnotherPathIsNotAskedFor) {
  for (const char* id : {"", ".", "..", "a/b", "a?b", "a%2fb", "a b", "user_\n", "\xc3\xa9"}) {
    EXPECT_FALSE(Read(UserId(id))) << id;
    EXPECT_EQ(failure_.kind, kFinal);
    EXPECT_FALSE(Write(Growth(), UserId(id))) << id;
    EXPECT_EQ(failure_.kind, kFinal);
  }
  EXPECT_FALSE(Read(UserId(std::string(129, 'a'))));
  EXPECT_EQ(failure_.kind, kFinal);
  EXPECT_TRUE(clerk_.Requests().empty());
}

TEST_F(ClerkProviderTest, WhenThrottledItSaysHowLongClerkAskedToWait) {
  clerk_.Play({.done = false, .answer = TooManyRequests(17)}, 2);
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRetry);
  EXPECT_EQ(failure_.retry_after, Millis(17'000));
  EXPECT_FALSE(Read());
  EXPECT_EQ(failure_.retry_after, Millis(17'000));
  EXPECT_TRUE(Write(Growth()));
}

HttpResponse Page(int status, const std::string& body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/html";
  response.body = body;
  return response;
}

struct LieCase {
  const char* name;
  ClerkTrick trick;
};

class LyingClerkTest : public ClerkProviderTest, public testing::WithParamInterface<LieCase> {};

TEST_P(LyingClerkTest, IsTriedAgain) {
  clerk_.Play(GetParam().trick, 2);
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRetry) << failure_.message;
  EXPECT_TRUE(GetParam().trick.answer == std::nullopt || !Read()) << "what is no user of Clerk was read as one";
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LyingClerkTest,
    testing::Values(
        LieCase{"SaysItWroteAndDidNot", {.done = false}},
        LieCase{"ServerError", {.done = false, .answer = Page(500, "oops")}},
        LieCase{"Gateway", {.done = false, .answer = Page(502, "<html>bad gateway</html>")}},
        LieCase{"Page", {.answer = Page(200, "<html>maintenance</html>")}},
        LieCase{"Nothing", {.answer = Page(200, "")}}, LieCase{"NoContent", {.answer = Page(204, "")}},
        LieCase{"HalfAnAnswer", {.answer = Page(200, R"({"id":"user_ada","public_metadata":{"usher":)")}},
        LieCase{"OtherUser",
                {.answer = Page(200, std::string(R"({"id":"user_bob","public_metadata":)") + kGrowthJson + "}")}},
        LieCase{"MetadataThatIsNoObject", {.answer = Page(200, R"({"id":"user_ada","public_metadata":"none"})")}},
        LieCase{"BracketsWithoutEnd",
                {.answer = Page(200, R"({"id":"user_ada","public_metadata":)" + std::string(100'000, '['))}},
        LieCase{"FarTooMuch",
                {.answer = Page(200, std::string(R"({"id":"user_ada","public_metadata":)") + kGrowthJson + "}" +
                                         std::string(300 * 1024, ' '))}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ClerkProviderTest, OtherContentThanWasWrittenIsTriedAgain) {
  clerk_.Play({.answer = Page(200, R"({"id":"user_ada","public_metadata":{"usher":{"tenant":"acme","plan":"growth@2",)"
                                   R"("roles":["admin","seat","owner"],"version":7}}})")});
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRetry);
  clerk_.Play({.answer = Page(200, std::string(R"({"id":"user_ada","public_metadata":)") + kGrowthJson + "}")});
  EXPECT_FALSE(Write(std::nullopt)) << "it is still there";
  EXPECT_EQ(failure_.kind, kRetry);
}

TEST_F(ClerkProviderTest, ARedirectIsNotFollowedWithTheKey) {
  HttpResponse redirect = Page(307, "");
  redirect.headers.emplace_back("Location", clerk_.url() + "/v1/users/user_ada");
  clerk_.Play({.done = false, .answer = redirect});
  EXPECT_FALSE(Read());
  EXPECT_EQ(failure_.kind, kRefused);
  EXPECT_EQ(clerk_.Requests().size(), 1u);
}

TEST_F(ClerkProviderTest, AConnectionThatDropsAfterTheWriteMayBeWrittenAgain) {
  ASSERT_TRUE(Read());  // so that a connection is kept: when one breaks, libcurl asks once more on another
  clerk_.Play({.done = true, .hangs_up = true}, 2);
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRetry);
  clerk_.WaitUntilServing();
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"), kGrowthJson) << "it had happened";
}

TEST_F(ClerkProviderTest, DropsBeforeAndAfterTheWriteEndInTheDesiredState) {
  for (const bool done : {true, false}) {
    Use(Options());  // whose connection is new: on a kept one libcurl would ask again by itself
    clerk_.PutUser("user_ada");
    clerk_.Play({.done = done, .hangs_up = true});
    EXPECT_FALSE(Write(Growth()));
    EXPECT_EQ(failure_.kind, kRetry);
    clerk_.WaitUntilServing();
    EXPECT_EQ(clerk_.PublicMetadata("user_ada"), done ? kGrowthJson : "{}");
    ASSERT_TRUE(Write(Growth())) << failure_.message;
    EXPECT_EQ(clerk_.PublicMetadata("user_ada"), kGrowthJson);
  }
}

TEST_F(ClerkProviderTest, NobodyThereIsTriedAgain) {
  std::string url;
  {
    const FakeClerk gone;
    url = gone.url();
  }
  ClerkOptions options = Options();
  options.url = url;
  Use(std::move(options));
  EXPECT_FALSE(Read());
  EXPECT_EQ(failure_.kind, kRetry);
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRetry);
}

TEST_F(ClerkProviderTest, ASlowClerkCostsNoMoreThanTheTimeOut) {
  ClerkOptions options = Options();
  options.timeout = milliseconds(200);
  Use(std::move(options));
  clerk_.Play({.delay = milliseconds(60'000)}, 2);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(Read());
  EXPECT_EQ(failure_.kind, kRetry);
  EXPECT_FALSE(Write(Growth()));
  EXPECT_EQ(failure_.kind, kRetry);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(ClerkProviderTest, AShortDelayIsWaitedFor) {
  clerk_.Play({.delay = milliseconds(50)}, 2);
  EXPECT_TRUE(Write(Growth())) << failure_.message;
  EXPECT_EQ(Read()->metadata, Growth());
}

class PacedTest : public testing::Test {
 protected:
  static constexpr milliseconds kWindow{400};

  PacedTest() : clerk_({.secret_key = kKey, .updates_of_user = 5, .requests = 10'000, .window = kWindow}) {
    clerk_.PutUser("user_ada");
    clerk_.PutUser("user_bob");
  }

  ClerkOptions Options(milliseconds timeout) const {
    return {.url = clerk_.url(), .secret_key = Secret(kKey), .timeout = timeout, .updates = 5, .window = kWindow};
  }

  FakeClerk clerk_;
};

TEST_F(PacedTest, ManyUpdatesOfAUserWaitForTheirPlaceAndClerkNeverHasToRefuse) {
  ClerkProvider provider(Options(milliseconds(60'000)));
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 5; ++i) provider.Write(kAda, Growth(10 * writer + i));
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(clerk_.Answered(429), 0);
  EXPECT_EQ(clerk_.Requests().size(), 20u);
}

TEST_F(PacedTest, AnUpdateThatIsUnderWayIsWaitedForUntilItEnds) {
  ClerkOptions options = Options(milliseconds(10'000));
  options.updates = 1;
  options.window = milliseconds(20);
  ClerkProvider provider(options);
  clerk_.Play({.delay = milliseconds(200)});
  bool first_went_well = false;
  std::thread first([&] { first_went_well = !provider.Write(kAda, Growth(1)); });
  EXPECT_TRUE(Eventually([&] { return !clerk_.Requests().empty(); }));
  const auto second = provider.Write(kAda, Growth(2));
  first.join();
  EXPECT_TRUE(first_went_well);
  EXPECT_FALSE(second) << second->message;
}

TEST_F(PacedTest, WithoutTimeToWaitItSaysWhenToComeBack) {
  ClerkOptions options = Options(milliseconds(60'000));
  options.window = std::chrono::hours(1);
  ClerkProvider full(options);
  for (int i = 0; i < 5; ++i) ASSERT_FALSE(full.Write(kAda, Growth(i)));
  const auto failure = full.Write(kAda, Growth(6));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, kRetry);
  ASSERT_TRUE(failure->retry_after);
  EXPECT_GT(*failure->retry_after, std::chrono::minutes(58));
  EXPECT_LE(*failure->retry_after, std::chrono::hours(1));
  EXPECT_EQ(clerk_.Requests().size(), 5u) << "Clerk was not asked";
  EXPECT_FALSE(full.Write(kBob, Growth())) << "another user waits for nobody";
  EXPECT_TRUE(std::holds_alternative<ObservedMetadata>(full.Read(kAda))) << "reading is no update";
}

TEST_F(ClerkProviderTest, TwoWritersLeaveWhatOneOfThemWrote) {
  ClerkProvider other(Options());
  for (int round = 0; round < 5; ++round) {
    RoleMetadata theirs = Growth(100 + round);
    theirs.roles = {"viewer"};
    std::thread writer([&] { other.Write(kAda, theirs); });
    provider_->Write(kAda, Growth(round));
    writer.join();
    const auto observed = Read();
    ASSERT_TRUE(observed && observed->metadata);
    EXPECT_TRUE(observed->metadata == theirs || observed->metadata == Growth(round));
  }
}

}  // namespace
}  // namespace usher::clerk
