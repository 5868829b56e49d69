#include <map>
#include <set>

#include <gtest/gtest.h>

#include "clients/cli/story_scenes.h"
#include "server/integrations/stripe/event.h"

namespace usher {
namespace {

constexpr std::int64_t kNow = 1'795'257'600;

TEST(Story, EveryEventIsOneThatStripeCouldSend) {
  for (const StoryScene& scene : StoryScenes("acme", "t1", kNow)) {
    for (const StoryDelivery& delivery : scene.deliveries) {
      const stripe::ParsedEvent event = stripe::Parse(delivery.event.body, {});
      EXPECT_EQ(stripe::Verdict::kFacts, event.verdict) << delivery.event.type << ": " << event.message;
      EXPECT_EQ(delivery.event.id, event.id);
      EXPECT_EQ(delivery.event.type, event.type);
    }
  }
}

TEST(Story, HappensWithinTheLastFiveMinutesAndNeverAhead) {
  std::int64_t before = kNow - 300;
  for (const StoryScene& scene : StoryScenes("acme", "t1", kNow)) {
    for (const StoryDelivery& delivery : scene.deliveries) {
      const stripe::ParsedEvent event = stripe::Parse(delivery.event.body, {});
      EXPECT_LE(before, ToUnixMillis(event.created) / 1000);
      EXPECT_GE(kNow, ToUnixMillis(event.created) / 1000);
      before = ToUnixMillis(event.created) / 1000;
    }
  }
}

TEST(Story, OnlyTheRepeatedDeliveryIsADuplicate) {
  std::map<std::string, std::string> seen;
  for (const StoryScene& scene : StoryScenes("acme", "t1", kNow)) {
    for (const StoryDelivery& delivery : scene.deliveries) {
      const bool repeated = seen.contains(delivery.event.id);
      EXPECT_EQ(repeated ? v1::DISPOSITION_DUPLICATE : v1::DISPOSITION_APPLIED, delivery.disposition);
      EXPECT_TRUE(!repeated || seen[delivery.event.id] == delivery.event.body);
      seen[delivery.event.id] = delivery.event.body;
    }
  }
}

TEST(Story, TellsEveryTurnOfASubscription) {
  std::set<std::pair<v1::AccessState, v1::ReasonCode>> told;
  for (const StoryScene& scene : StoryScenes("acme", "t1", kNow)) {
    EXPECT_FALSE(scene.answers.empty()) << scene.title;
    for (const StoryAnswer& answer : scene.answers) told.emplace(answer.state, answer.reason);
  }
  EXPECT_TRUE(told.contains({v1::ACCESS_STATE_HELD, v1::REASON_CODE_AUTHENTICATION_REQUIRED}));
  EXPECT_TRUE(told.contains({v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID}));
  EXPECT_TRUE(told.contains({v1::ACCESS_STATE_PAYMENT_REQUIRED, v1::REASON_CODE_PAYMENT_FAILED}));
  EXPECT_TRUE(told.contains({v1::ACCESS_STATE_SUSPENDED, v1::REASON_CODE_DISPUTED}));
  EXPECT_TRUE(told.contains({v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_UNMAPPED_PRICE}));
  EXPECT_TRUE(told.contains({v1::ACCESS_STATE_SUSPENDED, v1::REASON_CODE_REFUNDED}));
}

TEST(Story, TwoTellingsShareNoId) {
  std::set<std::string> first;
  for (const StoryScene& scene : StoryScenes("acme", "t1", kNow)) {
    for (const StoryDelivery& delivery : scene.deliveries) first.insert(delivery.event.id);
  }
  for (const StoryScene& scene : StoryScenes("acme-2", "t2", kNow)) {
    for (const StoryDelivery& delivery : scene.deliveries) EXPECT_FALSE(first.contains(delivery.event.id));
  }
}

}  // namespace
}  // namespace usher
