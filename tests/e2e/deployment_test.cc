// What users rely on, from the outside: the programs as they are built, real sockets, a real store.
#include "tests/e2e/deployment.h"

#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "clients/cli/story_scenes.h"
#include "tests/support/read_file.h"

namespace usher {
namespace {

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The story's deliveries until Growth is paid, told now.
std::vector<StoryEvent> EventsUntilPaid() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch();
  const std::vector<StoryScene> scenes = StoryScenes("acme", "e2e", now.count());
  std::vector<StoryEvent> events;
  for (std::size_t scene = 0; scene <= 2; ++scene) {
    for (const StoryDelivery& delivery : scenes[scene].deliveries) {
      if (delivery.disposition == v1::DISPOSITION_APPLIED) events.push_back(delivery.event);
    }
  }
  return events;
}

TEST(Deployment, TheStoryIsTrueAndTheServerAnswersAboutIt) {
  const Deployment deployment;
  const Ended story = deployment.Story();
  EXPECT_EQ(0, story.exit_code) << story.out << story.err;
  EXPECT_TRUE(Contains(story.out, "Every answer was the one that the story tells.")) << story.out;

  // The first call of the documentation.
  const HttpReply reply = PostJson(deployment.http_port(), "/usher.v1.EntitlementService/CheckEntitlement",
                                   R"({"tenantId":"acme","feature":"sso"})");
  EXPECT_EQ(200, reply.status);
  EXPECT_TRUE(Contains(reply.body, R"("state":"ACCESS_STATE_SUSPENDED")")) << reply.body;
  EXPECT_TRUE(Contains(reply.body, R"("allowed":false)")) << reply.body;

  EXPECT_EQ(0, deployment.Usher({"check", "acme", "projects"}).exit_code);
  EXPECT_EQ(1, deployment.Usher({"check", "acme", "sso"}).exit_code);
  const Ended unknown = deployment.Usher({"check", "acme", "ssi"});
  EXPECT_EQ(2, unknown.exit_code);
  EXPECT_TRUE(Contains(unknown.err, "ssi")) << unknown.err;
  EXPECT_TRUE(Contains(deployment.Usher({"explain", "acme", "sso"}).out, "R5"));
  EXPECT_TRUE(Contains(deployment.Usher({"timeline", "acme"}).out, "suspended"));
  EXPECT_TRUE(Contains(deployment.Usher({"events", "list"}).out, "charge.refunded"));

  // A second telling does not mix with the first.
  const Ended again = deployment.Story();
  EXPECT_EQ(0, again.exit_code) << again.out << again.err;
  EXPECT_TRUE(Contains(deployment.Usher({"tenant", "list"}).out, "acme-2"));
}

TEST(Deployment, TheStoryFailsBeforeAServerThatAnswersSomethingElse) {
  const TemporaryFolder folder;
  const std::string catalog = folder.File("plans.yaml");
  // Growth without single sign-on.
  std::ofstream(catalog) << std::regex_replace(ReadFile("plans.yaml"), std::regex("\n *sso: true"), "");
  const Deployment deployment(catalog);
  const Ended story = deployment.Story();
  EXPECT_EQ(1, story.exit_code) << story.out;
  EXPECT_TRUE(Contains(story.err, "the story tells that sso is held")) << story.err;
}

TEST(Deployment, AForgedEventIsRefusedAndLeavesNothing) {
  const Deployment deployment;
  const HttpReply reply = deployment.Deliver(EventsUntilPaid().at(0), Secret("whsec_of_somebody_else"));
  EXPECT_EQ(400, reply.status);
  EXPECT_TRUE(Contains(reply.body, "SIGNATURE_INVALID")) << reply.body;
  EXPECT_EQ("no such event has arrived\n", deployment.Usher({"events", "list"}).out);
}

TEST(Deployment, NothingAcknowledgedIsLostWhenTheServerIsKilled) {
  Deployment deployment;
  const std::vector<StoryEvent> events = EventsUntilPaid();
  const StoryEvent& last = events.back();
  for (const StoryEvent& event : events) {
    if (&event == &last) break;
    ASSERT_EQ(200, deployment.Deliver(event).status) << event.type;
  }
  EXPECT_EQ(0, deployment.Usher({"check", "acme", "sso"}).exit_code);
  const std::string before = deployment.Timeline("acme");

  deployment.server().Signal(SIGKILL);
  deployment.server().WaitForExit();
  const HttpReply away = deployment.Deliver(last);
  EXPECT_EQ(503, away.status);
  EXPECT_TRUE(Contains(away.headers, "\r\nRetry-After: ")) << away.headers;
  EXPECT_EQ(2, deployment.Usher({"check", "acme", "sso"}).exit_code);

  deployment.StartServer();
  EXPECT_EQ(before, deployment.Timeline("acme"));
  const HttpReply taken = deployment.DeliverUntilTaken(last);
  EXPECT_EQ(200, taken.status);
  EXPECT_TRUE(Contains(taken.body, R"("disposition":"APPLIED")")) << taken.body;

  // Delivered once more, all of them, and the other way round.
  const std::string after = deployment.Timeline("acme");
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const HttpReply repeated = deployment.Deliver(*event);
    EXPECT_EQ(200, repeated.status);
    EXPECT_TRUE(Contains(repeated.body, R"("disposition":"DUPLICATE")")) << repeated.body;
  }
  EXPECT_EQ(after, deployment.Timeline("acme"));
}

TEST(Deployment, TheOrderOfEventsChangesNothing) {
  const std::vector<StoryEvent> events = EventsUntilPaid();
  const Deployment forwards;
  const Deployment backwards;
  for (const StoryEvent& event : events) EXPECT_EQ(200, forwards.Deliver(event).status);
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    EXPECT_EQ(200, backwards.Deliver(*event).status);
  }
  const auto segments = [](const Deployment& deployment) {
    const std::string timeline = deployment.Timeline("acme");
    return timeline.substr(0, timeline.find("tenant_version"));
  };
  EXPECT_TRUE(Contains(segments(forwards), "REASON_CODE_PAID"));
  EXPECT_EQ(segments(forwards), segments(backwards));
}

TEST(Deployment, BothProgramsStopWhenAsked) {
  Deployment deployment;
  deployment.relay().Signal(SIGTERM);
  EXPECT_EQ(0, deployment.relay().WaitForExit());
  deployment.server().Signal(SIGTERM);
  EXPECT_EQ(0, deployment.server().WaitForExit());
}

TEST(CatalogCommand, ThePlansOfThisRepositoryAreValid) {
  const Ended ended = RunProgram("usher", {"catalog", "validate", "plans.yaml"});
  EXPECT_EQ(0, ended.exit_code) << ended.out << ended.err;
}

TEST(CatalogCommand, APriceThatStandsTwiceIsNamedWithBothLines) {
  const TemporaryFolder folder;
  const std::string path = folder.File("plans.yaml");
  std::istringstream plans(ReadFile("plans.yaml"));
  std::ofstream twice(path);
  int number = 0;
  int first = 0;
  for (std::string line; std::getline(plans, line);) {
    twice << line << "\n";
    ++number;
    if (!line.starts_with("    price_1TestGrowthMonthly:")) continue;
    first = number;
    twice << line << "\n";
  }
  twice.close();
  ASSERT_LT(0, first);
  const Ended ended = RunProgram("usher", {"catalog", "validate", path});
  EXPECT_EQ(1, ended.exit_code) << ended.out << ended.err;
  for (const int line : {first, first + 1}) {
    EXPECT_TRUE(std::regex_search(ended.out, std::regex("(:|line )" + std::to_string(line) + "\\b"))) << ended.out;
  }
}

}  // namespace
}  // namespace usher
