// Stripe-like events for tests, in either family of payloads. Written by hand from the documented shapes; the values
// are invented.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/stripe/json_text.h"

namespace usher::stripe_test {

enum class Family {
  kClassic,  // up to 2024: everything hangs on the invoice
  kBasil,    // 2025-03-31 on: parents, pricing, invoice payments
};
inline constexpr Family kFamilies[] = {Family::kClassic, Family::kBasil};
const char* FamilyName(Family family);

// All times are Unix seconds. Ids that are left empty are null in the payload.

struct Line {
  std::string subscription = "sub_1";
  std::string item = "si_1";
  std::string price = "price_growth";
  std::int64_t amount = 5000;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t quantity = 1;
  bool proration = false;
  std::string tenant = {};            // in the line's own metadata
  std::string quantity_decimal = {};  // 2026
};

struct Invoice {
  std::string id = "in_1";
  std::string status = "paid";
  std::string customer = "cus_1";
  std::string subscription = "sub_1";
  std::string payment_intent = "pi_1";
  std::string charge = "ch_1";
  std::string collection_method = "charge_automatically";
  std::optional<std::int64_t> due_date = {};
  std::optional<std::int64_t> paid_at = {};
  std::vector<Line> lines = {};
  std::int64_t discount = 0;
  std::int64_t from_balance = 0;
  std::int64_t pre_payment_credit = 0;
  std::string subscription_tenant = {};  // the snapshot of the subscription's metadata
  std::string tenant = {};               // the invoice's own metadata
  bool has_more = false;
};

struct Item {
  std::string id = "si_1";
  std::string price = "price_growth";
  std::int64_t quantity = 1;
};

struct Subscription {
  std::string id = "sub_1";
  std::string status = "active";
  std::string customer = "cus_1";
  std::vector<Item> items = {Item{}};
  std::int64_t period_start = 0;
  std::int64_t period_end = 0;
  std::optional<std::int64_t> trial_start = {};
  std::optional<std::int64_t> trial_end = {};
  std::optional<std::int64_t> cancel_at = {};
  bool cancel_at_period_end = false;
  bool collection_paused = false;
  std::string collection_method = "charge_automatically";
  std::string payment_method = "pm_1";
  std::string test_clock = {};
  std::string tenant = {};
};

struct Session {
  std::string id = "cs_1";
  std::string mode = "subscription";
  std::string status = "complete";
  std::string payment_status = "paid";
  std::string customer = "cus_1";
  std::string subscription = {};
  std::string payment_intent = {};
  std::string invoice = {};
  std::int64_t amount_total = 5000;
  std::string client_reference_id = {};
  std::string tenant = {};
  std::string price = {};
  std::string quantity = {};
};

struct PaymentIntent {
  std::string id = "pi_1";
  std::string status = "succeeded";
  std::string customer = "cus_1";
  std::string invoice = {};  // classic only
  std::int64_t amount = 5000;
  std::string tenant = {};
  std::string price = {};
  std::string quantity = {};
};

struct Refund {
  std::string id = "re_1";
  std::string status = "succeeded";
  std::string charge = "ch_1";
  std::string payment_intent = "pi_1";
  std::int64_t amount = 5000;
  std::int64_t created = 0;
};

struct Charge {
  std::string id = "ch_1";
  std::string status = "succeeded";
  std::string customer = "cus_1";
  std::string payment_intent = "pi_1";
  std::string invoice = {};  // classic only
  std::int64_t amount = 5000;
  std::int64_t amount_refunded = 0;
  std::vector<Refund> refunds = {};  // classic only
};

struct Dispute {
  std::string id = "dp_1";
  std::string status = "needs_response";
  std::string charge = "ch_1";
  std::string payment_intent = "pi_1";
  std::int64_t amount = 5000;
  std::int64_t created = 0;
};

struct CreditNote {
  std::string id = "cn_1";
  std::string status = "issued";
  std::string invoice = "in_1";
  std::string type = "post_payment";
  std::int64_t amount = 5000;
  std::string refund = {};  // all of it went out as this refund
  std::int64_t created = 0;
};

struct InvoicePayment {  // basil only
  std::string id = "inpay_1";
  std::string invoice = "in_1";
  std::string status = "paid";
  std::string payment_intent = "pi_1";
  std::string charge = {};
};

struct Customer {
  std::string id = "cus_1";
  std::string test_clock = {};
  std::string tenant = {};
};

// Renders events of one family. Each event gets a fresh id.
class StripeEvents {
 public:
  explicit StripeEvents(Family family) : family_(family) {}

  Family family() const { return family_; }

  // The bytes of an event of `type` at `created` about the object.
  std::string Event(std::string_view type, std::int64_t created, const Json& object);
  template <class Object>
  std::string Event(std::string_view type, std::int64_t created, const Object& object) {
    return Event(type, created, Render(object));
  }

  Json Render(const Invoice& invoice) const;
  Json Render(const Subscription& subscription) const;
  Json Render(const Session& session) const;
  Json Render(const PaymentIntent& intent) const;
  Json Render(const Refund& refund) const;
  Json Render(const Charge& charge) const;
  Json Render(const Dispute& dispute) const;
  Json Render(const CreditNote& note) const;
  Json Render(const InvoicePayment& payment) const;
  Json Render(const Customer& customer) const;
  Json TestClock(const std::string& id, std::int64_t frozen_time) const;
  Json FraudWarning(const std::string& id, const std::string& charge) const;

 private:
  Json RenderLine(const Line& line) const;

  Family family_;
  int next_id_ = 1;
};

}  // namespace usher::stripe_test
