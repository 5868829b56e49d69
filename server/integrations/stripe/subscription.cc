#include <algorithm>
#include <utility>

#include "server/integrations/stripe/objects.h"

namespace usher::stripe {
namespace {

SubscriptionStatus ReadStatus(const Field& field) {
  const std::string text = field.RequiredText();
  if (text == "active") return SubscriptionStatus::kActive;
  if (text == "trialing") return SubscriptionStatus::kTrialing;
  if (text == "past_due") return SubscriptionStatus::kPastDue;
  if (text == "canceled") return SubscriptionStatus::kCanceled;
  if (text == "unpaid") return SubscriptionStatus::kUnpaid;
  if (text == "incomplete") return SubscriptionStatus::kIncomplete;
  if (text == "incomplete_expired") return SubscriptionStatus::kIncompleteExpired;
  if (text == "paused") return SubscriptionStatus::kPaused;
  return SubscriptionStatus::kOther;
}

// The end of the current period: on the subscription until 2024, on its items since.
std::optional<Instant> ReadPeriodEnd(const Field& object) {
  std::optional<Instant> end = object["current_period_end"].OptionalTime();
  if (end) return end;
  for (const Field& item : object["items"]["data"].OptionalElements()) {
    const std::optional<Instant> item_end = item["current_period_end"].OptionalTime();
    if (item_end && (!end || *end < *item_end)) end = item_end;
  }
  return end;
}

std::optional<Instant> ReadCancelAt(const Field& object) {
  const std::optional<Instant> at = object["cancel_at"].OptionalTime();
  if (at || !object["cancel_at_period_end"].OptionalBool()) return at;
  const std::optional<Instant> end = ReadPeriodEnd(object);
  if (!end) {
    object["current_period_end"].AddDefect(ParseReason::kFieldMissing,
                                           "missing, while `cancel_at_period_end` is true: the end is not known");
  }
  return end;
}

std::vector<SubscriptionItem> ReadItems(const Field& object, const std::string& subscription) {
  std::vector<SubscriptionItem> items;
  if (!object["items"].present()) {
    // Before 2016 a subscription had one plan and no items.
    items.push_back({subscription, ReadRequiredPrice(object), ReadQuantityMilli(object)});
    return items;
  }
  const Field more = object["items"]["has_more"];
  if (more.OptionalBool()) {
    more.AddDefect(ParseReason::kLinesIncomplete, "only the first page of the items is here; all of them decide");
  }
  for (const Field& field : object["items"]["data"].RequiredElements()) {
    if (field["deleted"].OptionalBool()) continue;
    items.push_back({field["id"].RequiredId(), ReadRequiredPrice(field), ReadQuantityMilli(field)});
  }
  std::sort(items.begin(), items.end());
  return items;
}

}  // namespace

void ReadSubscription(Reading& reading, const Field& object, std::string_view) {
  const std::string id = object["id"].RequiredId();
  SubscriptionFact subscription;
  subscription.status = ReadStatus(object["status"]);
  subscription.customer = reading.Customer(object);
  subscription.test_clock = reading.Reference(object["test_clock"]);
  subscription.collection = ReadCollection(object);
  subscription.trial_start = object["trial_start"].OptionalTime();
  subscription.trial_end = object["trial_end"].OptionalTime();
  subscription.cancel_at = ReadCancelAt(object);
  const Field pause = object["pause_collection"];
  static_cast<void>(pause["behavior"]);  // holds it to being an object
  subscription.collection_paused = pause.present();
  subscription.has_payment_method =
      !object.FirstOf({"default_payment_method", "default_source"}).OptionalReference().empty();
  subscription.items = ReadItems(object, id);
  reading.Add(ObjectKind::kSubscription, id, reading.created(), std::move(subscription));
  reading.AddMetadataLink(object["metadata"], ObjectKind::kSubscription, id);
}

}  // namespace usher::stripe
