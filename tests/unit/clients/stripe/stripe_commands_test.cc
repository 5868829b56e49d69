#include "clients/cli/stripe_commands.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/stripe/stripe_events.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class StripeDryRun : public ::testing::Test {
 protected:
  StripeDryRun() {
    stripe_test::StripeEvents events(stripe_test::Family::kClassic);
    usable_ = Write("usable.json", events.Event("customer.updated", 5, stripe_test::Customer{}));
    unusable_ = Write("unusable.json", "{}");
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.File(name), std::ios::binary) << text;
    return folder_.File(name);
  }

  int Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"stripe", "dry-run"});
    CommandContext context;
    context.out = &out_;
    context.err = &err_;
    return RunCli(arguments, context);
  }

  TemporaryFolder folder_;
  std::string usable_;
  std::string unusable_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(StripeDryRun, AnswersYesWhenEveryEventIsUsable) {
  EXPECT_EQ(Run({usable_}), kExitYes) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("customer.updated  APPLIED"));
}

TEST_F(StripeDryRun, AnswersNoWhenOneWouldBeParked) {
  EXPECT_EQ(Run({usable_, unusable_}), kExitNo);
  EXPECT_THAT(out_.str(), HasSubstr("id: missing"));
}

TEST_F(StripeDryRun, CannotAskWithoutTheFile) {
  EXPECT_EQ(Run({folder_.File("nothing.json")}), kExitCouldNotAsk);
  EXPECT_EQ(Run({folder_.File("")}), kExitCouldNotAsk);
  EXPECT_THAT(err_.str(), HasSubstr("cannot read " + folder_.File("nothing.json")));
}

TEST_F(StripeDryRun, AnEventLargerThanTheLimitIsParked) {
  EXPECT_EQ(Run({Write("large.json", "{\"id\":\"" + std::string(2'000'000, 'x') + "\"}")}), kExitNo);
  EXPECT_THAT(out_.str(), HasSubstr("larger than 1 MiB"));
}

TEST_F(StripeDryRun, JudgesForLiveModeWhenAsked) {
  EXPECT_EQ(Run({"--livemode", usable_}), kExitYes);
  EXPECT_THAT(out_.str(), HasSubstr("FOREIGN_LIVEMODE"));
}

TEST_F(StripeDryRun, WritesJsonForPrograms) {
  EXPECT_EQ(Run({usable_, "--format", "json"}), kExitYes) << err_.str();
  EXPECT_THAT(out_.str(), StartsWith("{\"file\":"));
}

}  // namespace
}  // namespace usher
