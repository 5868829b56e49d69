#include <algorithm>

#include "tests/property/stage.h"

namespace usher::property {
namespace {

constexpr const char* kAcmeOrBeta[] = {"acme", "acme", "acme", "beta"};

std::string AnyTenant(Stage& stage) { return kAcmeOrBeta[stage.dice.Below(4)]; }

Instant AnyDay(Stage& stage) { return stage.dice.Near(kJan + stage.dice.Below(70) * kDay); }

const char* AnyOneOffPrice(Stage& stage) {
  return stage.dice.Pick<const char*>({"pass", "pass", "lifetime", "lab_day", "seat_once", "growth", "unheard_of"});
}

void BuyBySession(Stage& stage) {
  const std::string id = stage.NewId("cs");
  const std::string intent = stage.NewId("pi");
  const std::string charge = stage.NewId("ch");
  Instant at = AnyDay(stage);
  CheckoutSessionFact session;
  session.customer = stage.dice.Chance(80) ? stage.AnyCustomer() : "";
  session.payment_intent = stage.dice.Chance(85) ? intent : "";
  session.amount_total = stage.dice.Pick<std::int64_t>({900, 900, 900, 0});
  session.price = stage.PriceOf(AnyOneOffPrice(stage));
  if (stage.dice.Chance(8)) session.price = PriceId();
  session.quantity_milli = stage.dice.Pick<std::int64_t>({1000, 1000, 3000});
  if (stage.dice.Chance(70)) stage.Link(ObjectKind::kCheckoutSession, id, AnyTenant(stage), at - kHour);
  if (stage.dice.Chance(40)) stage.Write(ObjectKind::kCheckoutSession, id, at - kHour, session);
  if (stage.dice.Chance(10)) {
    session.status = CheckoutStatus::kExpired;
    stage.Write(ObjectKind::kCheckoutSession, id, at, session);
    return;
  }
  session.status = CheckoutStatus::kComplete;
  if (stage.dice.Chance(10)) session.invoice = stage.dice.Pick<const char*>({"in_3", "in_99"});
  if (stage.dice.Chance(45)) {  // a bank debit: complete, paid days later or never
    stage.Write(ObjectKind::kCheckoutSession, id, at, session);
    at += stage.dice.Pick<Millis>({Millis(0), kDay, 6 * kDay});
    session.payment = stage.dice.Pick({CheckoutPayment::kPaid, CheckoutPayment::kFailed, CheckoutPayment::kUnpaid});
  } else {
    session.payment = stage.dice.Pick(
        {CheckoutPayment::kPaid, CheckoutPayment::kPaid, CheckoutPayment::kPaid, CheckoutPayment::kNoPaymentRequired});
  }
  stage.Write(ObjectKind::kCheckoutSession, id, at, session);
  if (session.payment != CheckoutPayment::kPaid) return;
  ChargeFact paid;
  paid.status = ChargeStatus::kSucceeded;
  paid.payment_intent = intent;
  paid.amount = session.amount_total;
  if (stage.dice.Chance(60)) stage.Write(ObjectKind::kCharge, charge, at, paid);
  if (stage.dice.Chance(35)) TakeBack(stage, "", charge, intent, session.amount_total, at);
}

void BuyByInvoice(Stage& stage) {
  Bill bill;
  bill.customer = stage.AnyCustomer();
  bill.at = AnyDay(stage);
  if (stage.dice.Chance(70)) stage.Link(ObjectKind::kCustomer, bill.customer, AnyTenant(stage), bill.at - kDay);
  for (int lines = stage.dice.Pick({1, 1, 2}); lines > 0; --lines) {
    InvoiceLine line;
    if (stage.dice.Chance(92)) line.price = stage.PriceOf(AnyOneOffPrice(stage));
    line.amount = stage.dice.Pick<std::int64_t>({700, 700, 0, -100});
    line.start = bill.at;
    line.end = stage.dice.Pick({bill.at, bill.at + 9 * kDay});
    bill.lines.push_back(line);
  }
  IssueBill(stage, bill);
}

}  // namespace

void BuyOnce(Stage& stage) { stage.dice.Chance(65) ? BuyBySession(stage) : BuyByInvoice(stage); }

void StartBareIntent(Stage& stage) {
  const std::string id = stage.NewId("pi");
  PaymentIntentFact intent;
  intent.customer = stage.AnyCustomer();
  intent.price = stage.PriceOf(AnyOneOffPrice(stage));
  Instant at = AnyDay(stage);
  if (stage.dice.Chance(80)) stage.Link(ObjectKind::kPaymentIntent, id, AnyTenant(stage), at);
  for (int steps = stage.dice.Pick({1, 2, 3, 4}); steps > 0; --steps) {
    intent.status =
        stage.dice.Pick({PaymentIntentStatus::kRequiresAction, PaymentIntentStatus::kRequiresAction,
                         PaymentIntentStatus::kProcessing, PaymentIntentStatus::kFailed, PaymentIntentStatus::kOther,
                         PaymentIntentStatus::kCanceled, PaymentIntentStatus::kSucceeded});
    stage.Write(ObjectKind::kPaymentIntent, id, at, intent);
    at += stage.dice.Pick<Millis>({Millis(0), kHour, 23 * kHour, 24 * kHour, 2 * kDay});
  }
}

void RecordOutcomes(Stage& stage) {
  const BillingScope bank{.provider = "bank", .account = "", .livemode = stage.scope.livemode};
  OutcomeFact outcome;
  outcome.tenant = TenantId(AnyTenant(stage));
  outcome.price = stage.PriceOf(
      stage.dice.Pick<const char*>({"growth", "enterprise", "pass", "lab", "payg", "seat", "unheard_of"}));
  outcome.quantity_milli = stage.dice.Pick<std::int64_t>({1000, 4000});
  if (stage.dice.Chance(65)) outcome.subscription = stage.NewId("order");
  const bool with_period = stage.dice.Chance(75);
  Instant from = AnyDay(stage);
  for (int orders = stage.dice.Pick({1, 1, 2, 3}); orders > 0; --orders) {
    const std::string id = stage.NewId("po");
    const Instant until = AddCalendar(from, {.months = 1});
    if (with_period) {
      outcome.start = from;
      outcome.end = until;
    }
    Instant at = stage.dice.Near(from);
    const auto say = [&](OutcomeStatus status) {
      outcome.status = status;
      stage.facts.push_back({{bank, ObjectKind::kOutcome, id}, at, outcome});
      at += stage.dice.Pick<Millis>({Millis(0), kDay, 4 * kDay});
    };
    if (stage.dice.Chance(35)) say(OutcomeStatus::kPending);
    if (stage.dice.Chance(20)) say(OutcomeStatus::kFailed);
    if (stage.dice.Chance(70)) say(OutcomeStatus::kSucceeded);
    if (stage.dice.Chance(25)) say(OutcomeStatus::kReversed);
    if (stage.dice.Chance(8)) say(OutcomeStatus::kSucceeded);
    if (stage.dice.Chance(15)) outcome.price = stage.PriceOf("unheard_of");
    from = until;
  }
}

namespace {

Value AnyValueOf(Stage& stage, const Feature& feature) {
  switch (feature.type) {
    case FeatureType::kBoolean: return stage.dice.Chance(80);
    case FeatureType::kLimit:
      return stage.dice.Chance(15) ? kUnlimited : Limit{.amount = stage.dice.Pick<std::int64_t>({0, 3, 7, 100})};
    case FeatureType::kMetered:
      return Metered{.included = {.amount = 10}, .cap = stage.dice.Chance(30) ? kUnlimited : Limit{.amount = 40}};
    case FeatureType::kLevel: return Level{stage.dice.Pick(feature.levels)};
    case FeatureType::kSet: return ValueSet{{stage.dice.Pick(feature.set_values)}};
  }
  return false;
}

}  // namespace

void PutOverrides(Stage& stage) {
  const std::vector<Feature>& features = PlainCatalog().features;
  for (int count = stage.dice.Pick({1, 2, 3, 5}); count > 0; --count) {
    // Often two of one feature: which of them counts is a rule.
    const Feature& feature =
        stage.dice.Chance(40) ? features[*FindFeature(PlainCatalog(), "projects")] : stage.dice.Pick(features);
    OverrideFact put;
    put.tenant = TenantId(AnyTenant(stage));
    put.feature = stage.dice.Chance(97) ? feature.id : FeatureId("nobody_knows");
    put.mode = stage.dice.Pick({OverrideMode::kSet, OverrideMode::kSet, OverrideMode::kAdd, OverrideMode::kDeny});
    if (put.mode != OverrideMode::kDeny) {
      put.value = stage.dice.Chance(92) ? AnyValueOf(stage, feature) : AnyValueOf(stage, stage.dice.Pick(features));
    }
    Instant at = AnyDay(stage);
    if (stage.dice.Chance(30)) put.starts_at = stage.dice.Near(at + 2 * kDay);
    if (stage.dice.Chance(40)) put.expires_at = stage.dice.Near(at + 9 * kDay);
    if (stage.dice.Chance(25)) put.subscription_id = stage.dice.Pick<const char*>({"sub_1", "sub_2", "order_1"});
    const ObjectRef object{kOperator, ObjectKind::kOverride, stage.NewId("ov")};
    stage.facts.push_back({object, at, put});
    if (stage.dice.Chance(30)) {
      put.removed = true;
      stage.facts.push_back({object, stage.dice.Pick({at, at + 5 * kDay}), put});
    }
  }
}

void SuspendAndRestore(Stage& stage) {
  const TenantId tenant(AnyTenant(stage));
  Instant at = AnyDay(stage);
  for (int turn = 0; turn < stage.dice.Pick({1, 2, 3}); ++turn) {
    SuspensionFact fact;
    fact.suspended = turn % 2 == 0;
    fact.reason = "abuse";
    stage.facts.push_back({TenantObject(tenant), at, fact});
    at += stage.dice.Pick<Millis>({Millis(0), 2 * kDay, 20 * kDay});
  }
}

void WriteSurroundings(Stage& stage) {
  if (!stage.test_clock.empty()) {
    for (int step = 0; step < 3; ++step) {
      TestClockFact clock;
      clock.frozen_time = kJan + step * 20 * kDay;
      stage.Write(ObjectKind::kTestClock, stage.test_clock, clock.frozen_time, clock);
    }
  }
  if (stage.dice.Chance(40)) {
    CustomerFact customer;
    customer.test_clock = stage.test_clock;
    stage.Write(ObjectKind::kCustomer, stage.AnyCustomer(), AnyDay(stage), customer);
  }
  if (stage.dice.Chance(35)) stage.Link(ObjectKind::kCustomer, stage.AnyCustomer(), "acme", kJan - kDay);
  if (stage.dice.Chance(20)) {
    stage.facts.push_back({TenantObject(kAcme), AnyDay(stage), TenantFact{.display_name = "Acme"}});
  }
  if (stage.dice.Chance(10)) {
    FraudWarningFact warning;
    warning.charge = "ch_5";
    stage.Write(ObjectKind::kFraudWarning, stage.NewId("issfr"), AnyDay(stage), warning);
  }
}

}  // namespace usher::property
