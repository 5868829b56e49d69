// The stage on which a scenario plays: verbs become facts, as a billing system would have told them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "catalog/model.h"
#include "server/core/fact.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

// Pure: what happened so far decides what a verb means. Not for use from several threads.
class Stage {
 public:
  // `catalog` outlives the stage; it says how long prices and trials last.
  Stage(const Catalog& catalog, bool livemode, TenantId tenant);

  // Adds the facts of `act` at `at`, which is not before the last one. FAILED_PRECONDITION with a sentence when there
  // is nothing for it to act on; then nothing was added.
  absl::Status Do(const ScenarioAct& act, Instant at);

  // All that is known so far.
  const std::vector<Fact>& facts() const { return facts_; }

 private:
  // What a subscription wants of one item, or has paid for.
  struct Want {
    PriceId price;
    std::int64_t quantity = 1;
    friend bool operator==(const Want&, const Want&) = default;
  };
  using Wants = std::map<std::string, Want>;  // by item

  struct Subscription {
    SubscriptionFact fact;  // without items
    Wants wants;
    Wants paid;       // in the period that was paid last
    Instant from{};   // that period
    Instant until{};  // equal to `from` before the first payment
    std::optional<CalendarDuration> period;
    bool known = false;
    int invoices = 0;

    bool HasPeriod() const { return from < until; }
    bool IsRunning(Instant at) const { return HasPeriod() && at < until; }
    bool InTrial(Instant at) const { return fact.trial_end && at < *fact.trial_end; }
  };

  // An invoice of a subscription, or a one-off session.
  struct Payment {
    PurchaseRef of;
    std::string id;  // what its document, charge and payment intent are called after their prefix
    InvoiceFact invoice;
    CheckoutSessionFact session;
    BillKind kind = BillKind::kFirst;
    Wants bills;  // what the lines are of
    Instant from{};
    Instant until{};
    std::optional<CalendarDuration> period;
    bool paid = false;
    bool intent_seen = false;
    std::int64_t total = 0;
    std::int64_t refunded = 0;
    int refunds = 0;
    int disputes = 0;
    std::optional<DisputeFact> dispute;  // while open
  };

  absl::Status DoIt(const BillAct& act, Instant at);
  absl::Status DoIt(const RefundAct& act, Instant at);
  absl::Status DoIt(const DisputeAct& act, Instant at);
  absl::Status DoIt(const CloseDisputeAct& act, Instant at);
  absl::Status DoIt(const CancelAct& act, Instant at);
  absl::Status DoIt(const TrialAct& act, Instant at);
  absl::Status DoIt(const ChangeAct& act, Instant at);
  absl::Status DoIt(const OverrideAct& act, Instant at);
  absl::Status DoIt(const EventAct& act, Instant at);

  absl::Status BillOnce(const BillAct& act, Instant at);
  absl::Status BillSubscription(const BillAct& act, Instant at);
  absl::StatusOr<Payment> NewInvoice(const BillAct& act, Subscription& subscription, Instant at) const;
  absl::StatusOr<BillKind> KindOf(const BillAct& act, const Subscription& subscription, const Want& want,
                                  const std::string& item, Instant at) const;
  absl::StatusOr<CalendarDuration> PeriodOf(const BillAct& act, const Subscription& subscription,
                                            const PriceId& price) const;
  absl::StatusOr<std::string> ItemOf(const std::string& stated, const PriceId& price,
                                     const Subscription& subscription) const;
  void AddLines(const BillAct& act, const Subscription& subscription, Instant at, Payment& payment) const;
  void SettleInvoice(const BillAct& act, Subscription& subscription, Payment& payment, Instant at);
  void TakePaid(Subscription& subscription, const Payment& payment, Instant at) const;
  void TellIntent(const BillAct& act, Payment& payment, Instant at);
  void TellCharge(const Payment& payment, Instant at);

  Payment* OpenPayment(const BillAct& act);
  absl::StatusOr<Payment*> PaidPayment(const PurchaseRef& of);
  absl::StatusOr<Subscription*> Known(const std::string& id);
  void TellSubscription(const std::string& id, Subscription& subscription, Instant at);
  void Tell(ObjectKind kind, std::string id, Instant at, FactContent content);

  const Catalog& catalog_;
  const BillingScope scope_;
  const TenantId tenant_;
  std::vector<Fact> facts_;
  std::map<std::string, Subscription> subscriptions_;
  std::vector<Payment> payments_;                  // those of a subscription in the order of their opening
  std::vector<std::size_t> settled_;               // indexes of those that were paid, in that order
  std::map<std::string, OverrideFact> overrides_;  // those that are put
};

}  // namespace usher
