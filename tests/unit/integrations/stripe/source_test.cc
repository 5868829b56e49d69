// Stripe as the engine sees it: whose events are wanted.
#include "server/integrations/stripe/source.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/event.h"

namespace usher::stripe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Matcher;

struct ScopeCase {
  const char* name;
  bool server_livemode;
  BillingScope scope;
  ScopeVerdict verdict;
  Matcher<std::string> message;
};

class Scopes : public ::testing::TestWithParam<ScopeCase> {};

TEST_P(Scopes, AreJudgedWithWhatToDo) {
  const auto source = OpenSource({.secrets = {}, .livemode = GetParam().server_livemode});
  ASSERT_TRUE(source.ok()) << source.status();
  const ScopeCheck check = (*source)->CheckScope(GetParam().scope);
  EXPECT_EQ(check.verdict, GetParam().verdict);
  EXPECT_THAT(check.message, GetParam().message);
}

// What is judged foreign is what reading ignores.
TEST_P(Scopes, AreJudgedAsTheirEventsAreRead) {
  const auto source = OpenSource({.secrets = {}, .livemode = GetParam().server_livemode});
  ASSERT_TRUE(source.ok()) << source.status();
  const BillingScope& scope = GetParam().scope;
  const std::string account = scope.account.empty() ? "" : R"("account":")" + scope.account + R"(",)";
  const usher::ParsedEvent event = (*source)->Parse(
      R"({"id":"evt_1","object":"event","type":"customer.updated","created":1,)" + account + R"("livemode":)" +
      (scope.livemode ? "true" : "false") + R"(,"data":{"object":{"id":"cus_1","object":"customer"}}})");
  EXPECT_EQ(event.scope, scope);
  EXPECT_EQ(event.verdict, GetParam().verdict == ScopeVerdict::kServed ? EventVerdict::kApply : EventVerdict::kIgnore)
      << event.reason;
}

INSTANTIATE_TEST_SUITE_P(Cases, Scopes,
                         ::testing::ValuesIn(std::vector<ScopeCase>{
                             {"OursInTestMode", false, {"stripe", "", false}, ScopeVerdict::kServed, IsEmpty()},
                             {"OursInLiveMode", true, {"stripe", "", true}, ScopeVerdict::kServed, IsEmpty()},
                             {"TestEventsOnALiveServer",
                              true,
                              {"stripe", "", false},
                              ScopeVerdict::kForeignLivemode,
                              AllOf(HasSubstr("endpoint of Stripe's test mode"), HasSubstr("counts live mode only"),
                                    HasSubstr("USHER_STRIPE_LIVEMODE=false"))},
                             {"LiveEventsOnATestServer",
                              false,
                              {"stripe", "", true},
                              ScopeVerdict::kForeignLivemode,
                              AllOf(HasSubstr("endpoint of Stripe's live mode"), HasSubstr("counts test mode only"),
                                    HasSubstr("USHER_STRIPE_LIVEMODE=true"))},
                             {"AConnectedAccount",
                              false,
                              {"stripe", "acct_1", false},
                              ScopeVerdict::kForeignAccount,
                              AllOf(HasSubstr("connected account `acct_1`"),
                                    HasSubstr("let that endpoint listen to events on your"))},
                             {"AConnectedAccountOfAnotherMode",
                              false,
                              {"stripe", "acct_1", true},
                              ScopeVerdict::kForeignLivemode,
                              HasSubstr("USHER_STRIPE_LIVEMODE=true")}}),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace usher::stripe
