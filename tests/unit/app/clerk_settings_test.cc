#include "server/app/clerk_settings.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class ClerkSettingsTest : public testing::Test {
 protected:
  std::string File(const std::string& text) {
    const std::string path = folder_.File("clerk");
    std::ofstream(path) << text;
    return path;
  }

  std::optional<ClerkSettings> Read(const std::string& file, const std::string& url = "", bool livemode = false) {
    problems_.clear();
    return ReadClerkSettings(
        {.text = file, .source = "--clerk-secret-key-file", .given = !file.empty()},
        {.text = url.empty() ? "https://api.clerk.com" : url, .source = "--clerk-url", .given = !url.empty()}, livemode,
        problems_);
  }

  TemporaryFolder folder_;
  std::vector<std::string> problems_;
};

TEST_F(ClerkSettingsTest, WithoutAKeyFileThereIsNoClerk) {
  EXPECT_FALSE(Read(""));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(ClerkSettingsTest, AUrlWithoutAKeyIsAMistake) {
  EXPECT_FALSE(Read("", "https://api.clerk.com"));
  EXPECT_THAT(problems_, ElementsAre(StartsWith("--clerk-url: there is no key")));
}

TEST_F(ClerkSettingsTest, TheKeyIsTheOnlyLineAndTheUrlClerksOwn) {
  for (const char* text : {"sk_test_a1", "sk_test_a1\n", "sk_test_a1\r\n"}) {
    const auto settings = Read(File(text));
    ASSERT_TRUE(settings) << problems_.front();
    EXPECT_EQ(settings->secret_key.Reveal(), "sk_test_a1");
    EXPECT_EQ(settings->url, "https://api.clerk.com");
  }
  EXPECT_EQ(Read(File("sk_test_a1"), "http://127.0.0.1:80")->url, "http://127.0.0.1:80");
  EXPECT_TRUE(Read(File("sk_live_a1"), "", true));
}

struct RefusedCase {
  const char* name;
  const char* text;
  bool livemode;
  const char* problem;
};

class RefusedClerkKeyTest : public ClerkSettingsTest, public testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedClerkKeyTest, SaysWhyAndNothingOfTheKey) {
  EXPECT_FALSE(Read(File(GetParam().text), "", GetParam().livemode));
  EXPECT_THAT(problems_, ElementsAre(StartsWith("--clerk-secret-key-file: " + folder_.File("clerk") + " ")));
  EXPECT_THAT(problems_.front(), HasSubstr(GetParam().problem));
  EXPECT_THAT(problems_.front(), Not(HasSubstr("hush")));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RefusedClerkKeyTest,
    testing::Values(RefusedCase{"Empty", "", false, "is empty"}, RefusedCase{"Blank", "\n", false, "is empty"},
                    RefusedCase{"Publishable", "pk_test_hush", false, "no secret key of Clerk"},
                    RefusedCase{"OnlyAPrefix", "sk_test_", false, "no secret key of Clerk"},
                    RefusedCase{"TwoLines", "sk_test_hush\nsk_test_hush2", false, "no secret key of Clerk"},
                    RefusedCase{"WithASpace", "sk_test_hush x", false, "no secret key of Clerk"},
                    RefusedCase{"LiveKeyInTestMode", "sk_live_hush", false, "holds a live key"},
                    RefusedCase{"TestKeyInLiveMode", "sk_test_hush", true, "holds a test key"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ClerkSettingsTest, EveryProblemIsNamedAtOnce) {
  EXPECT_FALSE(Read(folder_.File("none"), "http://api.clerk.com"));
  EXPECT_THAT(problems_,
              ElementsAre(StartsWith("--clerk-url: plain HTTP to api.clerk.com is refused"), HasSubstr("/none")));
}

}  // namespace
}  // namespace usher
