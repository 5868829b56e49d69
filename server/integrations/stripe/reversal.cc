#include <algorithm>
#include <utility>

#include "server/integrations/stripe/objects.h"

namespace usher::stripe {
namespace {

RefundStatus ReadRefundStatus(const Field& field) {
  const std::string text = field.RequiredText();
  if (text == "pending") return RefundStatus::kPending;
  if (text == "requires_action") return RefundStatus::kRequiresAction;
  if (text == "succeeded") return RefundStatus::kSucceeded;
  if (text == "failed") return RefundStatus::kFailed;
  if (text != "canceled") {
    field.AddDefect(ParseReason::kUnknownValue,
                    "`" + text + "` is no known status (pending, requires_action, succeeded, failed, canceled)");
  }
  return RefundStatus::kCanceled;
}

DisputeStatus ReadDisputeStatus(const Field& field) {
  const std::string text = field.RequiredText();
  if (text == "needs_response" || text == "under_review") return DisputeStatus::kOpen;
  if (text == "warning_needs_response" || text == "warning_under_review") return DisputeStatus::kInquiryOpen;
  if (text == "warning_closed") return DisputeStatus::kInquiryClosed;
  if (text == "lost") return DisputeStatus::kLost;
  if (text == "prevented") return DisputeStatus::kPrevented;
  // charge_refunded: it was settled by a refund, which is a fact of its own.
  if (text != "won" && text != "charge_refunded") {
    field.AddDefect(
        ParseReason::kUnknownValue,
        "`" + text + "` is no known status (needs_response, under_review, won, lost, prevented, warning_*)");
  }
  return DisputeStatus::kWon;
}

// The part of a note that went out as refunds: listed since 2024, before that one refund took what was neither paid
// out of band nor known to be smaller.
std::int64_t ReadRefundedAmount(Reading& reading, const Field& object, std::int64_t amount) {
  std::int64_t refunded = 0;
  const Field refund = object["refund"];
  if (object["refunds"].present()) {
    for (const Field& entry : object["refunds"].OptionalElements()) {
      reading.Reference(entry["refund"]);
      refunded += entry["amount_refunded"].RequiredInteger();
    }
  } else if (!reading.Reference(refund).empty()) {
    refunded = refund.is(JsonType::kObject) ? refund["amount"].RequiredInteger()
                                            : amount - object["out_of_band_amount"].OptionalInteger().value_or(0);
  }
  return std::clamp<std::int64_t>(refunded, 0, amount);
}

// Fills what the note takes back after payment. Of a mixed note only that part counts: the other stands on the
// invoice as pre_payment_credit_notes_amount.
void ReadCreditNoteType(Reading& reading, const Field& object, CreditNoteFact& note) {
  const Field type = object["type"];
  const std::string text = type.RequiredText();
  note.amount = std::max<std::int64_t>(0, object["amount"].RequiredInteger());
  if (text == "pre_payment") return;
  note.post_payment = true;
  if (text == "mixed") {
    note.amount = std::max<std::int64_t>(0, object["post_payment_amount"].RequiredInteger());
  } else if (text != "post_payment") {
    type.AddDefect(ParseReason::kUnknownValue, "`" + text + "` is no known type (pre_payment, post_payment, mixed)");
  }
  note.refunded_amount = ReadRefundedAmount(reading, object, note.amount);
}

}  // namespace

void ReadRefund(Reading& reading, const Field& object, std::string_view event_type) {
  const std::string id = object["id"].RequiredId();
  RefundFact refund;
  refund.status = ReadRefundStatus(object["status"]);
  refund.charge = reading.Reference(object["charge"]);
  refund.payment_intent = reading.Reference(object["payment_intent"]);
  refund.amount = object["amount"].RequiredInteger();
  const Instant created = object["created"].RequiredTime();
  const bool as_created = refund.status == RefundStatus::kPending || refund.status == RefundStatus::kRequiresAction ||
                          (refund.status == RefundStatus::kSucceeded && event_type == "refund.created");
  reading.Add(ObjectKind::kRefund, id, as_created ? created : reading.created(), std::move(refund));
}

void ReadDispute(Reading& reading, const Field& object, std::string_view) {
  const std::string id = object["id"].RequiredId();
  DisputeFact dispute;
  dispute.status = ReadDisputeStatus(object["status"]);
  dispute.charge = reading.Reference(object["charge"]);
  dispute.payment_intent = reading.Reference(object["payment_intent"]);
  dispute.amount = object["amount"].RequiredInteger();
  const Instant created = object["created"].RequiredTime();
  const bool open = dispute.status == DisputeStatus::kOpen || dispute.status == DisputeStatus::kInquiryOpen;
  reading.Add(ObjectKind::kDispute, id, open ? created : reading.created(), std::move(dispute));
}

void ReadCreditNote(Reading& reading, const Field& object, std::string_view) {
  const std::string id = object["id"].RequiredId();
  CreditNoteFact note;
  const Field status = object["status"];
  const std::string text = status.RequiredText();
  if (text == "void") {
    note.status = CreditNoteStatus::kVoid;
  } else if (text != "issued") {
    status.AddDefect(ParseReason::kUnknownValue, "`" + text + "` is no known status (issued, void)");
  }
  note.invoice = reading.Reference(object["invoice"]);
  if (note.invoice.empty()) object["invoice"].RequiredId();
  ReadCreditNoteType(reading, object, note);
  const Instant created = object["created"].RequiredTime();
  reading.Add(ObjectKind::kCreditNote, id, note.status == CreditNoteStatus::kIssued ? created : reading.created(),
              std::move(note));
}

}  // namespace usher::stripe
