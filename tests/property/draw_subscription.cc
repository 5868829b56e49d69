#include <algorithm>

#include "tests/property/stage.h"

namespace usher::property {
namespace {

Instant PlusMonths(Instant at, int months) { return AddCalendar(at, {.months = months}); }

// One subscription while it is being drawn.
class Life {
 public:
  explicit Life(Stage& stage) : stage_(stage), dice_(stage.dice) {
    id_ = stage.NewId("sub");
    customer_ = stage.AnyCustomer();
    start_ = kJan + dice_.Pick<Millis>({Millis(0), Millis(0), 10 * kDay, 30 * kDay + kHour});
    seen_.status = SubscriptionStatus::kActive;
    seen_.customer = customer_;
    if (dice_.Chance(80)) seen_.test_clock = stage.test_clock;
    seen_.has_payment_method = dice_.Chance(75);
    send_invoice_ = dice_.Chance(25);
    if (send_invoice_) seen_.collection = CollectionMethod::kSendInvoice;
    AddItem(
        dice_.Pick<const char*>({"growth", "growth", "growth", "starter", "starter", "growth_old", "enterprise",
                                 "insight", "insight_1", "lab", "lab", "payg", "payg_core", "unheard_of", "meter"}));
    if (dice_.Chance(30))
      AddItem(dice_.Pick<const char*>({"projects", "seat", "comfort", "calls", "insight_1", "lab"}));
  }

  void Draw() {
    WriteLinks();
    if (dice_.Chance(30)) WriteSession();
    Instant from = dice_.Chance(40) ? DrawTrial() : start_;
    for (int cycles = dice_.Pick({1, 2, 2, 3}); cycles > 0 && !over_; --cycles) {
      // Month ends are clamped, so periods are not all equally long.
      const Instant until = PlusMonths(from, 1);
      See(from, 50);
      IssueBill(stage_, BillFor(FullPeriod(from, until), from));
      if (dice_.Chance(35)) Change(from, until);
      if (dice_.Chance(25)) MaybeEnd(from, until);
      from = until;
    }
    if (!over_ && dice_.Chance(8)) TryUnmapped(from);
    if (dice_.Chance(40)) {
      seen_.status =
          dice_.Pick({SubscriptionStatus::kPastDue, SubscriptionStatus::kActive, SubscriptionStatus::kUnpaid});
      if (!over_) See(from + kDay, 100);
    }
  }

 private:
  void AddItem(const std::string& price) {
    seen_.items.push_back(
        {.id = stage_.NewId("si"),
         .price = stage_.PriceOf(price),
         .quantity_milli = dice_.Pick<std::int64_t>({1000, 1000, 1000, 1000, 1000, 2000, 2000, 5000, 2500, 0})});
  }

  void See(Instant at, int percent) {
    if (!dice_.Chance(percent)) return;
    SubscriptionFact sorted = seen_;
    std::sort(sorted.items.begin(), sorted.items.end());
    stage_.Write(ObjectKind::kSubscription, id_, dice_.Near(at), sorted);
  }

  void WriteLinks() {
    const Instant before = start_ - kDay;
    const int how = dice_.Below(20);
    if (how < 10) stage_.Link(ObjectKind::kSubscription, id_, "acme", before);
    if (how >= 8 && how < 17) stage_.Link(ObjectKind::kCustomer, customer_, "acme", before);
    if (how == 17) stage_.Link(ObjectKind::kSubscription, id_, "acme", start_ + 5 * kDay, LinkTrust::kOperator);
    if (how == 18) stage_.Link(ObjectKind::kSubscription, id_, "beta", before, LinkTrust::kClientReference);
    if (how == 19) stage_.Link(ObjectKind::kSubscription, id_, "beta", before);
  }

  void WriteSession() {
    CheckoutSessionFact session;
    session.mode = CheckoutMode::kSubscription;
    session.customer = dice_.Chance(80) ? customer_ : "";
    session.subscription = dice_.Chance(70) ? id_ : "";
    session.price = seen_.items.front().price;
    const std::string id = stage_.NewId("cs");
    const Instant at = start_ - dice_.Pick<Millis>({Millis(0), kHour, 3 * kDay});
    stage_.Write(ObjectKind::kCheckoutSession, id, at - kHour, session);
    session.status = CheckoutStatus::kComplete;
    session.payment = dice_.Pick({CheckoutPayment::kPaid, CheckoutPayment::kPaid, CheckoutPayment::kUnpaid,
                                  CheckoutPayment::kFailed, CheckoutPayment::kNoPaymentRequired});
    stage_.Write(ObjectKind::kCheckoutSession, id, at, session);
    const LinkTrust trust = dice_.Pick({LinkTrust::kMetadata, LinkTrust::kClientReference});
    if (dice_.Chance(70)) stage_.Link(ObjectKind::kCheckoutSession, id, "acme", at, trust);
  }

  // Returns where the first paid period starts.
  Instant DrawTrial() {
    const Instant end = start_ + dice_.Pick<Millis>({7 * kDay, 14 * kDay});
    seen_.trial_end = end;
    if (dice_.Chance(80)) seen_.trial_start = dice_.Chance(88) ? start_ : start_ + 2 * kDay;
    seen_.status = SubscriptionStatus::kTrialing;
    See(start_, 95);
    Bill bill = BillFor(FullPeriod(start_, end), start_);
    for (InvoiceLine& line : bill.lines) line.amount = 0;
    bill.paid_percent = 95;
    IssueBill(stage_, bill);
    seen_.status = SubscriptionStatus::kActive;
    if (dice_.Chance(20)) seen_.trial_end = end + dice_.Pick<Millis>({3 * kDay, -3 * kDay});
    return dice_.Chance(80) ? end : *seen_.trial_end;
  }

  // A trial of a price that the catalog does not know, after what was paid.
  void TryUnmapped(Instant from) {
    seen_.items.front().price = stage_.PriceOf("unheard_of");
    seen_.trial_start = from;
    seen_.trial_end = from + 14 * kDay;
    seen_.status = SubscriptionStatus::kTrialing;
    See(from, 95);
    Bill bill = BillFor({LineOf(seen_.items.front(), 0, from, *seen_.trial_end)}, from);
    bill.paid_percent = 95;
    IssueBill(stage_, bill);
  }

  InvoiceLine LineOf(const SubscriptionItem& item, std::int64_t amount, Instant from, Instant until) const {
    return {.subscription = id_,
            .subscription_item = item.id,
            .price = item.price,
            .quantity_milli = item.quantity_milli,
            .amount = amount,
            .start = from,
            .end = until,
            .proration = amount < 0};
  }

  std::vector<InvoiceLine> FullPeriod(Instant from, Instant until) {
    std::vector<InvoiceLine> lines;
    for (const SubscriptionItem& item : seen_.items) {
      lines.push_back(LineOf(item, dice_.Chance(94) ? 1000 * item.quantity_milli / 1000 : 0, from, until));
    }
    if (dice_.Chance(4)) {  // two prices of one item at once, or the end of one before the other
      lines.push_back(LineOf(seen_.items.front(), 400, from, dice_.Pick({until, until, from + 9 * kDay})));
      lines.back().price = stage_.PriceOf(dice_.Pick<const char*>({"starter", "growth", "unheard_of", "lab"}));
      lines.back().quantity_milli = dice_.Pick<std::int64_t>({0, 1000, 1500});
    }
    if (dice_.Chance(4)) lines.front().subscription.clear();
    if (dice_.Chance(2)) lines.front().price = PriceId();
    if (dice_.Chance(4)) {  // the customer's other subscription, billed together
      lines.push_back(lines.front());
      lines.back().subscription = "sub_1";
      lines.back().subscription_item = dice_.Pick<const char*>({"si_2", "si_3"});
    }
    if (dice_.Chance(6)) {  // a bonus beside the subscription, as invoice items come
      InvoiceLine once = LineOf(seen_.items.front(), 300, from, dice_.Pick({from, from + 5 * kDay}));
      once.subscription_item.clear();
      if (dice_.Chance(50)) once.subscription.clear();
      once.price = stage_.PriceOf(dice_.Pick<const char*>({"lab_day", "pass", "seat_once", "unheard_of"}));
      lines.push_back(once);
    }
    return lines;
  }

  Bill BillFor(std::vector<InvoiceLine> lines, Instant at) {
    Bill bill;
    bill.customer = customer_;
    bill.subscription = id_;
    bill.lines = std::move(lines);
    bill.at = dice_.Chance(50) ? at : at + kHour;
    bill.send_invoice = send_invoice_;
    return bill;
  }

  // Another price or quantity in the middle of a period: billed now, billed later, or billed and not paid.
  void Change(Instant from, Instant until) {
    SubscriptionItem& item = seen_.items.front();
    const SubscriptionItem old = item;
    const Instant at = from + dice_.Pick<Millis>({Millis(0), 5 * kDay, 10 * kDay, 20 * kDay});
    if (dice_.Chance(75)) {
      item.price = stage_.PriceOf(dice_.Pick<const char*>({"growth", "enterprise", "starter", "lab", "insight",
                                                           "unheard_of", "unheard_of", "growth_old", "payg_core"}));
    }
    if (item.price == old.price || dice_.Chance(25)) {
      item.quantity_milli = dice_.Pick<std::int64_t>({1000, 3000, 7000});
    }
    std::vector<InvoiceLine> lines;
    if (dice_.Chance(90)) lines.push_back(LineOf(old, -500, at, until));
    if (dice_.Chance(95)) lines.push_back(LineOf(item, dice_.Pick<std::int64_t>({800, 500, 0}), at, until));
    if (dice_.Chance(10)) {  // changed there and back at once: they cancel out
      lines.push_back(LineOf(item, 700, at, until));
      lines.push_back(LineOf(item, -700, at, until));
    }
    Bill bill = BillFor(std::move(lines), at);
    bill.paid_percent = 60;
    if (dice_.Chance(80)) IssueBill(stage_, bill);
    const SubscriptionStatus status = seen_.status;
    if (dice_.Chance(12)) seen_.status = SubscriptionStatus::kIncomplete;
    See(at, 80);
    seen_.status = status;
    if (dice_.Chance(35)) {  // and back again, with a credit for what may never have been paid
      const SubscriptionItem tried = item;
      item = old;
      const Instant back = dice_.Near(at + 3 * kDay);
      IssueBill(stage_, BillFor({LineOf(tried, -700, back, until), LineOf(item, 900, back, until)}, back));
      See(back, 60);
    }
  }

  void MaybeEnd(Instant from, Instant until) {
    const Instant at = from + dice_.Pick<Millis>({3 * kDay, 12 * kDay, 25 * kDay});
    switch (dice_.Below(8)) {
      case 0:
      case 1: seen_.cancel_at = dice_.Near(until); break;
      case 2:
      case 3:
        seen_.status = SubscriptionStatus::kCanceled;
        over_ = true;
        break;
      case 4: seen_.collection_paused = true; break;
      case 5:
        seen_.status = dice_.Pick({SubscriptionStatus::kPaused, SubscriptionStatus::kOther,
                                   SubscriptionStatus::kIncomplete, SubscriptionStatus::kIncompleteExpired});
        break;
      case 6: {
        CustomerFact customer;
        customer.deleted = true;
        customer.test_clock = stage_.test_clock;
        stage_.Write(ObjectKind::kCustomer, customer_, at, customer);
        return;
      }
      case 7:
        seen_.items.pop_back();
        if (seen_.items.empty()) AddItem("starter");
        break;
    }
    See(at, 100);
  }

  Stage& stage_;
  Dice& dice_;
  std::string id_;
  std::string customer_;
  Instant start_{};
  bool send_invoice_ = false;
  bool over_ = false;
  SubscriptionFact seen_;
};

}  // namespace

void LiveSubscription(Stage& stage) { Life(stage).Draw(); }

}  // namespace usher::property
