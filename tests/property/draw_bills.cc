#include <algorithm>

#include "tests/property/stage.h"

namespace usher::property {
namespace {

struct Payment {
  std::string intent;
  std::string charge;
};

// The ways in which different times and versions tie a payment to its invoice.
void TiePayment(Stage& stage, const std::string& id, Instant at, const Payment& payment, InvoiceFact& invoice) {
  switch (stage.dice.Below(4)) {
    case 0: invoice.charge = payment.charge; break;
    case 1: invoice.payment_intent = payment.intent; break;
    case 2: {
      InvoicePaymentFact settled;
      settled.invoice = id;
      settled.payment_intent = payment.intent;
      if (stage.dice.Chance(30)) settled.charge = payment.charge;
      settled.paid = stage.dice.Chance(80);
      stage.Write(ObjectKind::kInvoicePayment, stage.NewId("inpay"), stage.dice.Near(at), settled);
      break;
    }
    case 3: break;  // the charge and the intent name the invoice, see below
  }
}

void WriteIntent(Stage& stage, const Payment& payment, const Bill& bill, const std::string& invoice, Instant at,
                 PaymentIntentStatus status) {
  PaymentIntentFact intent;
  intent.status = status;
  intent.customer = bill.customer;
  if (stage.dice.Chance(50)) intent.invoice = invoice;
  stage.Write(ObjectKind::kPaymentIntent, payment.intent, at, intent);
}

void WriteCharge(Stage& stage, const Payment& payment, const Bill& bill, const std::string& invoice, Instant at,
                 ChargeStatus status, std::int64_t amount) {
  ChargeFact charge;
  charge.status = status;
  charge.customer = bill.customer;
  if (stage.dice.Chance(80)) charge.payment_intent = payment.intent;
  if (stage.dice.Chance(60)) charge.invoice = invoice;
  charge.amount = amount;
  stage.Write(ObjectKind::kCharge, payment.charge, at, charge);
}

// What is tried before the bill is paid or given up, as attempts and as conditions of the intent.
void Try(Stage& stage, const Payment& payment, const Bill& bill, const std::string& invoice) {
  Instant at = bill.at;
  for (int tries = stage.dice.Pick({0, 1, 1, 2, 3}); tries > 0; --tries) {
    at += stage.dice.Pick<Millis>({Millis(0), kHour, kHour, 23 * kHour, 24 * kHour, 3 * kDay});
    const int how = stage.dice.Pick({0, 0, 1, 1, 2, 3, 4, 5});
    if (how <= 1) {
      stage.Write(ObjectKind::kInvoice, invoice, at, AttemptFact{.result = AttemptResult::kFailed});
    } else if (how == 2) {
      stage.Write(ObjectKind::kInvoice, invoice, at, AttemptFact{.result = AttemptResult::kRequiresAction});
    }
    if (how == 1) WriteIntent(stage, payment, bill, invoice, stage.dice.Near(at), PaymentIntentStatus::kFailed);
    if (how == 2 || how == 3) WriteIntent(stage, payment, bill, invoice, at, PaymentIntentStatus::kRequiresAction);
    if (how == 4) WriteIntent(stage, payment, bill, invoice, at, PaymentIntentStatus::kProcessing);
    if (how == 5 && stage.dice.Chance(30)) {
      WriteIntent(stage, payment, bill, invoice, at, PaymentIntentStatus::kCanceled);
    }
  }
}

// Amounts that add up, with what a real bill may have on top: discounts, credit notes, balance.
void SetAmounts(Stage& stage, InvoiceFact& invoice) {
  for (const InvoiceLine& line : invoice.lines) invoice.subtotal += line.amount;
  invoice.total = invoice.subtotal;
  const int how = stage.dice.Below(20);
  if (how == 0 && invoice.subtotal > 0) {
    invoice.discount = invoice.subtotal;
    invoice.total = 0;
  } else if (how == 1 && invoice.subtotal > 0) {
    invoice.discount = invoice.subtotal / 2;
    invoice.total -= invoice.discount;
  } else if (how == 2) {
    invoice.pre_payment_credit = stage.dice.Pick<std::int64_t>({invoice.total, invoice.total / 2, 1});
    invoice.pre_payment_credit = std::max<std::int64_t>(0, invoice.pre_payment_credit);
  }
  invoice.amount_due = std::max<std::int64_t>(0, invoice.total);
  if (how == 3) invoice.amount_due = 0;   // paid by balance
  if (how == 4) invoice.amount_due /= 2;  // in part
}

Instant PaidAt(Stage& stage, Instant finalised) {
  return finalised + stage.dice.Pick<Millis>({Millis(0), Millis(0), kHour, kHour, kHour, 71 * kHour, 72 * kHour,
                                              72 * kHour + Millis(1), 4 * kDay, 7 * kDay, 7 * kDay + Millis(1),
                                              9 * kDay, 35 * kDay, -kHour});
}

void WritePaid(Stage& stage, const Bill& bill, const std::string& id, const Payment& payment, InvoiceFact invoice,
               Instant paid_at) {
  invoice.status = InvoiceStatus::kPaid;
  invoice.amount_paid = invoice.amount_due;
  TiePayment(stage, id, paid_at, payment, invoice);
  // One change may arrive as two events and in two renderings.
  stage.Write(ObjectKind::kInvoice, id, paid_at, invoice);
  if (stage.dice.Chance(15)) {
    invoice.payment_intent = payment.intent;
    if (stage.dice.Chance(30) && !invoice.lines.empty()) {
      invoice.lines.pop_back();
      invoice.lines_complete = false;
    }
    stage.Write(ObjectKind::kInvoice, id, stage.dice.Near(paid_at), invoice);
  }
  if (stage.dice.Chance(60)) {
    WriteCharge(stage, payment, bill, id, stage.dice.Near(paid_at), ChargeStatus::kSucceeded, invoice.amount_paid);
  }
  if (stage.dice.Chance(40)) WriteIntent(stage, payment, bill, id, paid_at, PaymentIntentStatus::kSucceeded);
  if (stage.dice.Chance(32)) TakeBack(stage, id, payment.charge, payment.intent, invoice.amount_paid, paid_at);
}

}  // namespace

bool IssueBill(Stage& stage, const Bill& bill) {
  const std::string id = stage.NewId("in");
  const Payment payment{stage.NewId("pi"), stage.NewId("ch")};
  InvoiceFact invoice;
  invoice.customer = stage.dice.Chance(90) ? bill.customer : "";
  invoice.subscription = stage.dice.Chance(85) ? bill.subscription : "";
  invoice.lines = bill.lines;
  std::sort(invoice.lines.begin(), invoice.lines.end());
  if (bill.send_invoice) {
    invoice.collection = CollectionMethod::kSendInvoice;
    if (stage.dice.Chance(85))
      invoice.due_date = bill.at + stage.dice.Pick<Millis>({Millis(0), 7 * kDay, 20 * kDay, 30 * kDay});
  }
  SetAmounts(stage, invoice);

  const int fate = stage.dice.Below(100);
  const bool paid = fate < bill.paid_percent;
  const bool at_once = paid && stage.dice.Chance(55);
  if (stage.dice.Chance(10)) {
    invoice.status = InvoiceStatus::kDraft;
    stage.Write(ObjectKind::kInvoice, id, bill.at - kHour, invoice);
  }
  if (!at_once) {
    invoice.status = InvoiceStatus::kOpen;
    InvoiceFact open = invoice;
    if (stage.dice.Chance(60)) open.payment_intent = payment.intent;
    stage.Write(ObjectKind::kInvoice, id, bill.at, open);
    if (!bill.send_invoice || stage.dice.Chance(30)) Try(stage, payment, bill, id);
  }
  if (paid) {
    WritePaid(stage, bill, id, payment, invoice, at_once ? stage.dice.Near(bill.at) : PaidAt(stage, bill.at));
  } else if (stage.dice.Chance(30)) {
    invoice.status = stage.dice.Pick({InvoiceStatus::kVoid, InvoiceStatus::kUncollectible});
    stage.Write(ObjectKind::kInvoice, id, bill.at + stage.dice.Pick<Millis>({kHour, 3 * kDay, 8 * kDay}), invoice);
  }
  return paid;
}

namespace {

// A later rendering may know less than the one before it, or speak of another charge.
template <class Reversal>
void Forget(Stage& stage, Reversal& reversal, const std::string& other_charge) {
  if (!stage.dice.Chance(65)) return;
  reversal.charge = stage.dice.Chance(60) ? "" : other_charge;
  if (stage.dice.Chance(70)) reversal.payment_intent.clear();
}

// A second charge of the intent, as one more try or one more part leaves it.
std::string AnotherCharge(Stage& stage, const std::string& intent, std::int64_t amount, Instant at) {
  const std::string id = stage.NewId("ch");
  if (!stage.dice.Chance(35)) return id;  // of which nothing is seen
  ChargeFact charge;
  charge.status = ChargeStatus::kSucceeded;
  charge.payment_intent = intent;
  charge.amount = amount;
  charge.amount_refunded = stage.dice.Pick<std::int64_t>({0, amount / 2, amount / 2, amount});
  stage.Write(ObjectKind::kCharge, id, stage.dice.Near(at), charge);
  return id;
}

void WriteRefunds(Stage& stage, const std::string& charge, const std::string& intent, std::int64_t amount,
                  Instant paid_at) {
  for (int refunds = stage.dice.Pick({1, 1, 2}); refunds > 0; --refunds) {
    RefundFact refund;
    if (stage.dice.Chance(75)) refund.charge = charge;
    if (refund.charge.empty() || stage.dice.Chance(30)) refund.payment_intent = intent;
    refund.amount = stage.dice.Pick<std::int64_t>({amount, amount, amount / 2, 1});
    const std::string id = stage.NewId("re");
    Instant at = paid_at + stage.dice.Pick<Millis>({Millis(0), kDay, 5 * kDay, 40 * kDay});
    refund.status = stage.dice.Pick({RefundStatus::kSucceeded, RefundStatus::kSucceeded, RefundStatus::kSucceeded,
                                     RefundStatus::kPending, RefundStatus::kRequiresAction});
    stage.Write(ObjectKind::kRefund, id, at, refund);
    if (stage.dice.Chance(40)) {
      Forget(stage, refund, AnotherCharge(stage, intent, amount, at));
      refund.status = RefundStatus::kSucceeded;
      stage.Write(ObjectKind::kRefund, id, at + stage.dice.Pick<Millis>({Millis(0), Millis(1), kDay}), refund);
    }
    if (stage.dice.Chance(25)) {
      refund.status = stage.dice.Pick({RefundStatus::kFailed, RefundStatus::kFailed, RefundStatus::kCanceled});
      at += stage.dice.Pick<Millis>({Millis(0), kHour, 4 * kDay});
      stage.Write(ObjectKind::kRefund, id, at, refund);
    }
    if (stage.dice.Chance(40)) {
      ChargeFact seen;
      seen.status = ChargeStatus::kSucceeded;
      seen.payment_intent = intent;
      seen.amount = amount;
      seen.amount_refunded = refund.amount;
      stage.Write(ObjectKind::kCharge, charge, stage.dice.Near(at), seen);
    }
  }
}

void WriteDispute(Stage& stage, const std::string& charge, const std::string& intent, std::int64_t amount,
                  Instant paid_at) {
  DisputeFact dispute;
  if (stage.dice.Chance(80)) dispute.charge = charge;
  if (dispute.charge.empty() || stage.dice.Chance(30)) dispute.payment_intent = intent;
  dispute.amount = stage.dice.Pick<std::int64_t>({amount, amount, amount / 3});
  const std::string id = stage.NewId("dp");
  const bool inquiry = stage.dice.Chance(30);
  Instant at = paid_at + stage.dice.Pick<Millis>({Millis(0), 2 * kDay, 10 * kDay, 29 * kDay});
  dispute.status = inquiry ? DisputeStatus::kInquiryOpen : DisputeStatus::kOpen;
  if (stage.dice.Chance(90)) stage.Write(ObjectKind::kDispute, id, at, dispute);
  if (inquiry && stage.dice.Chance(30)) {
    dispute.status = DisputeStatus::kOpen;
    stage.Write(ObjectKind::kDispute, id, stage.dice.Near(at + kDay), dispute);
  }
  Forget(stage, dispute, "ch_elsewhere");
  if (stage.dice.Chance(25)) stage.Write(ObjectKind::kDispute, id, at + kDay, dispute);
  if (stage.dice.Chance(35)) return;
  dispute.status = inquiry ? DisputeStatus::kInquiryClosed
                           : stage.dice.Pick({DisputeStatus::kWon, DisputeStatus::kLost, DisputeStatus::kLost,
                                              DisputeStatus::kPrevented});
  at += stage.dice.Pick<Millis>({Millis(0), 5 * kDay, 30 * kDay});
  stage.Write(ObjectKind::kDispute, id, at, dispute);
  if (stage.dice.Chance(20)) {  // told otherwise as well
    dispute.status = stage.dice.Pick({DisputeStatus::kWon, DisputeStatus::kPrevented, DisputeStatus::kLost});
    stage.Write(ObjectKind::kDispute, id, stage.dice.Near(at), dispute);
  }
}

}  // namespace

void TakeBack(Stage& stage, const std::string& invoice, const std::string& charge, const std::string& intent,
              std::int64_t amount, Instant paid_at) {
  switch (stage.dice.Below(8)) {
    case 0:
    case 1:
    case 7: WriteRefunds(stage, charge, intent, amount, paid_at); return;
    case 2:
    case 3:
    case 4: WriteDispute(stage, charge, intent, amount, paid_at); return;
    case 5: {
      CreditNoteFact note;
      note.invoice = invoice;
      note.post_payment = stage.dice.Chance(85);
      note.amount = stage.dice.Pick<std::int64_t>({amount, amount, amount / 2});
      note.refunded_amount = stage.dice.Pick<std::int64_t>({0, 0, note.amount / 2, note.amount});
      const std::string id = stage.NewId("cn");
      stage.Write(ObjectKind::kCreditNote, id, paid_at + 3 * kDay, note);
      if (stage.dice.Chance(25)) note.invoice = stage.dice.Pick<const char*>({"", "in_3"});
      if (stage.dice.Chance(40)) {
        note.refunded_amount = note.amount - note.refunded_amount;
        stage.Write(ObjectKind::kCreditNote, id, paid_at + 3 * kDay, note);
      }
      note.status = CreditNoteStatus::kVoid;
      if (stage.dice.Chance(25)) stage.Write(ObjectKind::kCreditNote, id, paid_at + 6 * kDay, note);
      return;
    }
    case 6: {
      ChargeFact bounced;
      bounced.status = ChargeStatus::kFailed;
      bounced.payment_intent = intent;
      bounced.amount = amount;
      if (stage.dice.Chance(50)) bounced.invoice = invoice;
      stage.Write(ObjectKind::kCharge, charge, paid_at + stage.dice.Pick<Millis>({Millis(0), 2 * kDay, -kDay}),
                  bounced);
      return;
    }
  }
}

}  // namespace usher::property
