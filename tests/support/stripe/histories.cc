#include "tests/support/stripe/histories.h"

#include <utility>

namespace usher::stripe_test {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kJan = 1767225600;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kFeb = kJan + 31 * kDay;
constexpr std::int64_t kMar = kFeb + 28 * kDay;

// Writes a history of sub_1 of cus_1, which belongs to acme unless said otherwise.
class Author {
 public:
  explicit Author(Family family) : events_(family) {}

  template <class Object>
  void Tell(const char* type, std::int64_t at, const Object& object) {
    bodies_.push_back(events_.Event(type, at, object));
  }

  void Subscribe(std::int64_t at, Subscription subscription, const char* type = "customer.subscription.updated") {
    if (subscription.tenant.empty()) subscription.tenant = "acme";
    if (subscription.period_end == 0) subscription.period_end = kFeb;
    Tell(type, at, subscription);
  }

  // An invoice that is paid at `at`, with the payment that settles it, where the family tells it apart.
  void Pay(std::int64_t at, Invoice invoice) {
    invoice.status = "paid";
    invoice.paid_at = at;
    Tell("invoice.paid", at, invoice);
    if (events_.family() == Family::kBasil) {
      Tell(
          "invoice_payment.paid", at,
          InvoicePayment{.id = "inpay_" + invoice.id, .invoice = invoice.id, .payment_intent = invoice.payment_intent});
    }
  }

  History End(std::string name, std::vector<ExpectedTimeline> expected) {
    return {std::move(name), std::move(bodies_), std::move(expected)};
  }
  History End(std::string name, std::string acme) { return End(std::move(name), {{"acme", std::move(acme)}}); }

 private:
  StripeEvents events_;
  std::vector<std::string> bodies_;
};

Invoice Month(const std::string& id, const std::string& price, std::int64_t start, std::int64_t end) {
  return {.id = id,
          .payment_intent = "pi_" + id,
          .charge = "ch_" + id,
          .lines = {Line{.price = price, .start = start, .end = end}}};
}

Invoice Open(Invoice invoice) {
  invoice.status = "open";
  return invoice;
}

Item Of(const std::string& price) { return {.price = price}; }

History AuthenticationThenPaid(Family family) {
  Author author(family);
  const Invoice invoice = Month("in_1", "price_growth", kJan, kFeb);
  author.Subscribe(kJan, {.status = "incomplete"}, "customer.subscription.created");
  author.Tell("invoice.payment_action_required", kJan, Open(invoice));
  author.Tell("payment_intent.requires_action", kJan,
              PaymentIntent{.id = "pi_in_1", .status = "requires_action", .invoice = "in_1"});
  author.Pay(kJan + 600, invoice);
  author.Subscribe(kJan + 600, {.status = "active"});
  return author.End("AuthenticationThenPaid", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 1 granted default_plan       sso held authentication_required
2026-01-01T00:10:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

History RenewalFailsThenRecovers(Family family) {
  Author author(family);
  const Invoice renewal = Month("in_2", "price_growth", kFeb, kMar);
  author.Subscribe(kJan, {});
  author.Pay(kJan, Month("in_1", "price_growth", kJan, kFeb));
  author.Tell("invoice.payment_failed", kFeb + kHour, Open(renewal));
  author.Subscribe(kFeb + kHour, {.status = "past_due", .period_end = kMar});
  author.Pay(kFeb + 2 * kDay, renewal);
  return author.End("RenewalFailsThenRecovers", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z   projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-01T01:00:00Z   projects 25 grace renewal_failed      sso yes grace renewal_failed
2026-02-03T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-03-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-03-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

Invoice Upgrade(std::int64_t at) {
  Invoice upgrade{.id = "in_2", .payment_intent = "pi_in_2", .charge = "ch_in_2"};
  upgrade.lines = {Line{.price = "price_starter", .amount = -1000, .start = at, .end = kFeb, .proration = true},
                   Line{.price = "price_growth", .amount = 4000, .start = at, .end = kFeb, .proration = true}};
  return upgrade;
}

History FailedUpgradeKeepsThePlan(Family family) {
  Author author(family);
  author.Subscribe(kJan, {.items = {Of("price_starter")}});
  author.Pay(kJan, Month("in_1", "price_starter", kJan, kFeb));
  author.Subscribe(kJan + 9 * kDay, {.items = {Of("price_growth")}});
  author.Tell("invoice.payment_failed", kJan + 9 * kDay, Open(Upgrade(kJan + 9 * kDay)));
  Invoice voided = Upgrade(kJan + 9 * kDay);
  voided.status = "void";
  author.Tell("invoice.voided", kJan + 11 * kDay, voided);
  author.Subscribe(kJan + 11 * kDay, {.items = {Of("price_starter")}});
  return author.End("FailedUpgradeKeepsThePlan", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 5 granted paid               sso not_in_plan not_included
2026-01-10T00:00:00Z   projects 5 granted paid               sso payment_required payment_failed
2026-01-12T00:00:00Z   projects 5 granted paid               sso not_in_plan not_included
2026-02-01T00:00:00Z ~ projects 5 grace renewal_pending      sso not_in_plan not_included
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso not_in_plan not_included
)");
}

History PaidUpgrade(Family family) {
  Author author(family);
  author.Subscribe(kJan, {.items = {Of("price_starter")}});
  author.Pay(kJan, Month("in_1", "price_starter", kJan, kFeb));
  author.Subscribe(kJan + 9 * kDay, {.items = {Of("price_growth")}}, "customer.subscription.pending_update_applied");
  author.Pay(kJan + 9 * kDay, Upgrade(kJan + 9 * kDay));
  return author.End("PaidUpgrade", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 5 granted paid               sso not_in_plan not_included
2026-01-10T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

// The dispute names a charge; the way from there to the invoice differs between the families.
void Dispute5thOfJanuary(Author& author) {
  author.Subscribe(kJan, {});
  author.Pay(kJan, Month("in_1", "price_growth", kJan, kFeb));
  author.Tell("charge.succeeded", kJan, Charge{.id = "ch_in_1", .payment_intent = "pi_in_1", .invoice = "in_1"});
  author.Tell("charge.dispute.created", kJan + 4 * kDay + 5,
              Dispute{.charge = "ch_in_1", .payment_intent = "", .created = kJan + 4 * kDay});
}

History DisputeWon(Family family) {
  Author author(family);
  Dispute5thOfJanuary(author);
  author.Tell("charge.dispute.closed", kJan + 14 * kDay,
              Dispute{.status = "won", .charge = "ch_in_1", .payment_intent = "", .created = kJan + 4 * kDay});
  return author.End("DisputeWon", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-01-05T00:00:00Z   projects suspended disputed           sso suspended disputed
2026-01-15T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

History DisputeLost(Family family) {
  Author author(family);
  Dispute5thOfJanuary(author);
  author.Tell("charge.dispute.closed", kJan + 14 * kDay,
              Dispute{.status = "lost", .charge = "ch_in_1", .payment_intent = "", .created = kJan + 4 * kDay});
  author.Subscribe(kJan + 14 * kDay, {.status = "canceled"}, "customer.subscription.deleted");
  return author.End("DisputeLost", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-01-05T00:00:00Z   projects suspended disputed           sso suspended disputed
2026-01-15T00:00:00Z   projects 1 granted default_plan       sso suspended refunded
2026-02-01T00:00:00Z   projects 1 granted default_plan       sso not_in_plan not_included
)");
}

History RefundsPartialFullFailed(Family family) {
  Author author(family);
  author.Subscribe(kJan, {});
  author.Pay(kJan, Month("in_1", "price_growth", kJan, kFeb));
  const auto charge = [](std::int64_t refunded) {
    return Charge{.id = "ch_in_1", .payment_intent = "pi_in_1", .invoice = "in_1", .amount_refunded = refunded};
  };
  const auto refund = [](const char* id, std::int64_t amount, std::int64_t created, const char* status) {
    return Refund{.id = id,
                  .status = status,
                  .charge = "ch_in_1",
                  .payment_intent = "pi_in_1",
                  .amount = amount,
                  .created = created};
  };
  author.Tell("charge.refunded", kJan + 2 * kDay, charge(2000));
  author.Tell("refund.created", kJan + 9 * kDay, refund("re_2", 3000, kJan + 9 * kDay, "succeeded"));
  author.Tell("charge.refunded", kJan + 9 * kDay, charge(5000));
  author.Tell("refund.failed", kJan + 11 * kDay, refund("re_2", 3000, kJan + 9 * kDay, "failed"));
  return author.End("RefundsPartialFullFailed", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-01-10T00:00:00Z   projects 1 granted default_plan       sso suspended refunded
2026-01-12T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

Session PassSession(const char* payment_status) {
  return {.mode = "payment",
          .payment_status = payment_status,
          .payment_intent = "pi_1",
          .tenant = "acme",
          .price = "price_pass"};
}

History BankDebitSucceeds(Family family) {
  Author author(family);
  author.Tell("checkout.session.completed", kJan, PassSession("unpaid"));
  author.Tell("payment_intent.processing", kJan, PaymentIntent{.status = "processing"});
  author.Tell("payment_intent.succeeded", kJan + 4 * kDay, PaymentIntent{});
  author.Tell("checkout.session.async_payment_succeeded", kJan + 4 * kDay, PassSession("paid"));
  return author.End("BankDebitSucceeds", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 1 granted default_plan       sso held payment_processing
2026-01-05T00:00:00Z   projects 25 granted paid_once         sso yes granted paid_once
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso expired period_ended
)");
}

History BankDebitFails(Family family) {
  Author author(family);
  author.Tell("checkout.session.completed", kJan, PassSession("unpaid"));
  author.Tell("payment_intent.processing", kJan, PaymentIntent{.status = "processing"});
  author.Tell("payment_intent.payment_failed", kJan + 4 * kDay, PaymentIntent{.status = "requires_payment_method"});
  author.Tell("checkout.session.async_payment_failed", kJan + 4 * kDay, PassSession("unpaid"));
  return author.End("BankDebitFails", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 1 granted default_plan       sso held payment_processing
2026-01-05T00:00:00Z   projects 1 granted default_plan       sso payment_required payment_failed
)");
}

History UnmappedPriceKeepsTheLastPlan(Family family) {
  Author author(family);
  author.Subscribe(kJan, {.items = {Of("price_starter")}});
  author.Pay(kJan, Month("in_1", "price_starter", kJan, kFeb));
  author.Subscribe(kFeb, {.items = {Of("price_mystery")}, .period_end = kMar});
  author.Pay(kFeb, Month("in_2", "price_mystery", kFeb, kMar));
  author.Subscribe(kMar - kDay, {.status = "canceled", .items = {Of("price_mystery")}},
                   "customer.subscription.deleted");
  return author.End("UnmappedPriceKeepsTheLastPlan", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 5 granted paid               sso not_in_plan not_included
2026-02-01T00:00:00Z   projects 5 granted unmapped_price     sso not_in_plan not_included
2026-03-01T00:00:00Z   projects 1 granted default_plan       sso not_in_plan not_included
)");
}

History TrialToPaid(Family family) {
  Author author(family);
  const std::int64_t trial_end = kJan + 14 * kDay;
  author.Subscribe(kJan, {.status = "trialing", .period_end = trial_end, .trial_start = kJan, .trial_end = trial_end},
                   "customer.subscription.created");
  Invoice trial = Month("in_1", "price_growth", kJan, trial_end);
  trial.lines[0].amount = 0;
  author.Pay(kJan, trial);
  author.Subscribe(trial_end, {.period_end = kFeb, .trial_start = kJan, .trial_end = trial_end});
  author.Pay(trial_end + kHour, Month("in_2", "price_growth", trial_end, kFeb));
  return author.End("TrialToPaid", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 5 trial trial                sso not_in_plan not_included
2026-01-15T00:00:00Z   projects 5 grace renewal_pending      sso not_in_plan not_included
2026-01-15T01:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

History CancelAtPeriodEnd(Family family) {
  Author author(family);
  author.Subscribe(kJan, {});
  author.Pay(kJan, Month("in_1", "price_growth", kJan, kFeb));
  author.Subscribe(kJan + 9 * kDay, {.cancel_at_period_end = true});
  author.Subscribe(kFeb, {.status = "canceled"}, "customer.subscription.deleted");
  return author.End("CancelAtPeriodEnd", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z   projects 1 granted default_plan       sso expired canceled
)");
}

History NetTerms(Family family) {
  Author author(family);
  Invoice first = Month("in_1", "price_growth", kJan, kFeb);
  Invoice second = Month("in_2", "price_growth", kFeb, kMar);
  for (Invoice* invoice : {&first, &second}) invoice->collection_method = "send_invoice";
  second.due_date = kFeb + 14 * kDay;
  author.Subscribe(kJan, {.collection_method = "send_invoice"});
  author.Pay(kJan, first);
  author.Tell("invoice.finalized", kFeb, Open(second));
  author.Pay(kFeb + 19 * kDay, second);
  return author.End("NetTerms", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z   projects 25 grace net_terms           sso yes grace net_terms
2026-02-20T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-03-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-03-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)");
}

History TwoTenantsOfOneCustomer(Family family) {
  Author author(family);
  Invoice second = Month("in_2", "price_starter", kJan + kDay, kFeb);
  second.subscription = "sub_2";
  second.lines[0].subscription = "sub_2";
  second.lines[0].item = "si_2";
  author.Tell("customer.updated", kJan, Customer{.tenant = "acme"});
  author.Pay(kJan, Month("in_1", "price_growth", kJan, kFeb));
  author.Subscribe(kJan + kDay,
                   {.id = "sub_2", .items = {Item{.id = "si_2", .price = "price_starter"}}, .tenant = "beta"});
  author.Pay(kJan + kDay, second);
  return author.End("TwoTenantsOfOneCustomer", {{"acme", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-01T00:00:00Z   projects 25 granted paid              sso yes granted paid
2026-02-01T00:00:00Z ~ projects 25 grace renewal_pending     sso yes grace renewal_pending
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso payment_required renewal_unpaid
)"},
                                                {"beta", R"(
beginning              projects 1 granted default_plan       sso not_in_plan not_included
2026-01-02T00:00:00Z   projects 5 granted paid               sso not_in_plan not_included
2026-02-01T00:00:00Z ~ projects 5 grace renewal_pending      sso not_in_plan not_included
2026-02-04T00:00:00Z   projects 1 granted default_plan       sso not_in_plan not_included
)"}});
}

}  // namespace

std::vector<History> Histories(Family family) {
  return {
      AuthenticationThenPaid(family),
      RenewalFailsThenRecovers(family),
      FailedUpgradeKeepsThePlan(family),
      PaidUpgrade(family),
      DisputeWon(family),
      DisputeLost(family),
      RefundsPartialFullFailed(family),
      BankDebitSucceeds(family),
      BankDebitFails(family),
      UnmappedPriceKeepsTheLastPlan(family),
      TrialToPaid(family),
      CancelAtPeriodEnd(family),
      NetTerms(family),
      TwoTenantsOfOneCustomer(family),
  };
}

}  // namespace usher::stripe_test
