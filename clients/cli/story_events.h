// The Stripe events of the story: one subscription, as Stripe of 2025-03-31 and later would report it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace usher {

// One webhook, ready to be signed.
struct StoryEvent {
  std::string id;
  std::string type;
  std::string body;
};

// What a payment is for: the line of an invoice.
struct StorySale {
  std::string number;        // `1`: tells the invoices of the subscription apart
  std::string price;         // an id of the billing system
  std::int64_t amount = 0;   // in cents
  std::int64_t start_s = 0;  // Unix seconds, as all times here
  std::int64_t end_s = 0;
};

// Makes events of one subscription of one tenant. `tag` makes their ids unlike those of other tellings.
class StoryEvents {
 public:
  StoryEvents(std::string tenant, std::string tag) : tenant_(std::move(tenant)), tag_(std::move(tag)) {}

  // `type` is of customer.subscription.*; the subscription has `status` and wants what `sale` sells.
  StoryEvent Subscription(std::string_view type, std::int64_t at_s, std::string_view status, const StorySale& sale);
  // `type` is of invoice.*; `status` is open or paid, and then paid at `at_s`.
  StoryEvent Invoice(std::string_view type, std::int64_t at_s, std::string_view status, const StorySale& sale);
  // The payment of an invoice, which ties its payment intent to it.
  StoryEvent InvoicePaid(std::int64_t at_s, const StorySale& sale);
  // `type` is of payment_intent.*
  StoryEvent PaymentIntent(std::string_view type, std::int64_t at_s, std::string_view status, const StorySale& sale);
  // charge.succeeded or charge.refunded.
  StoryEvent Charge(std::string_view type, std::int64_t at_s, const StorySale& sale, std::int64_t refunded);
  // `type` is of charge.dispute.*; `opened_s` is when it was opened.
  StoryEvent Dispute(std::string_view type, std::int64_t at_s, std::string_view status, const StorySale& sale,
                     std::int64_t opened_s);

 private:
  StoryEvent Wrap(std::string_view type, std::int64_t at_s, const std::string& object);
  std::string Fill(std::string_view form, const StorySale& sale, std::int64_t at_s, std::string_view status) const;

  const std::string tenant_;
  const std::string tag_;
  int made_ = 0;  // numbers the events
};

}  // namespace usher
