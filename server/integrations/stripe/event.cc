#include "server/integrations/stripe/event.h"

#include <algorithm>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/integrations/stripe/objects.h"

namespace usher::stripe {
namespace {

// An event type that decides something, the kind of object it shows, and the status that its name promises.
struct DecidingType {
  std::string_view type;
  std::string_view object;
  std::string_view status;  // empty: any
};

constexpr DecidingType kDecidingTypes[] = {
    {"charge.dispute.closed", "dispute", ""},
    {"charge.dispute.created", "dispute", ""},
    {"charge.dispute.funds_reinstated", "dispute", ""},
    {"charge.dispute.funds_withdrawn", "dispute", ""},
    {"charge.dispute.updated", "dispute", ""},
    {"charge.failed", "charge", ""},
    {"charge.refund.updated", "refund", ""},
    {"charge.refunded", "charge", ""},
    {"charge.succeeded", "charge", ""},
    {"checkout.session.async_payment_failed", "checkout.session", ""},
    {"checkout.session.async_payment_succeeded", "checkout.session", ""},
    {"checkout.session.completed", "checkout.session", "complete"},
    {"checkout.session.expired", "checkout.session", "expired"},
    {"credit_note.created", "credit_note", ""},
    {"credit_note.updated", "credit_note", ""},
    {"credit_note.voided", "credit_note", "void"},
    {"customer.created", "customer", ""},
    {"customer.deleted", "customer", ""},
    {"customer.subscription.created", "subscription", ""},
    {"customer.subscription.deleted", "subscription", "canceled"},
    {"customer.subscription.paused", "subscription", ""},
    {"customer.subscription.pending_update_applied", "subscription", ""},
    {"customer.subscription.pending_update_expired", "subscription", ""},
    {"customer.subscription.resumed", "subscription", ""},
    {"customer.subscription.updated", "subscription", ""},
    {"customer.updated", "customer", ""},
    {"invoice.finalization_failed", "invoice", ""},
    {"invoice.finalized", "invoice", ""},
    {"invoice.marked_uncollectible", "invoice", ""},
    {"invoice.paid", "invoice", "paid"},
    {"invoice.payment_action_required", "invoice", ""},
    {"invoice.payment_failed", "invoice", ""},
    {"invoice.payment_succeeded", "invoice", ""},
    {"invoice.updated", "invoice", ""},
    {"invoice.voided", "invoice", "void"},
    {"invoice_payment.paid", "invoice_payment", "paid"},
    {"payment_intent.canceled", "payment_intent", "canceled"},
    {"payment_intent.payment_failed", "payment_intent", ""},
    {"payment_intent.processing", "payment_intent", ""},
    {"payment_intent.requires_action", "payment_intent", ""},
    {"payment_intent.succeeded", "payment_intent", "succeeded"},
    {"radar.early_fraud_warning.created", "radar.early_fraud_warning", ""},
    {"refund.created", "refund", ""},
    {"refund.failed", "refund", ""},
    {"refund.updated", "refund", ""},
    {"test_helpers.test_clock.advancing", "test_helpers.test_clock", ""},
    {"test_helpers.test_clock.created", "test_helpers.test_clock", ""},
    {"test_helpers.test_clock.ready", "test_helpers.test_clock", ""},
};

const DecidingType* FindDecidingType(std::string_view type) {
  const auto* const found = std::find_if(std::begin(kDecidingTypes), std::end(kDecidingTypes),
                                         [&](const DecidingType& row) { return row.type == type; });
  return found == std::end(kDecidingTypes) ? nullptr : found;
}

ParsedEvent Ignored(ParsedEvent event, ParseReason reason, std::string message) {
  event.verdict = Verdict::kIgnored;
  event.reason = reason;
  event.message = std::move(message);
  return event;
}

ParsedEvent NotUsed(ParsedEvent event) {
  std::string message = "events of type " + event.type + " decide nothing";
  return Ignored(std::move(event), ParseReason::kTypeNotUsed, std::move(message));
}

ParsedEvent Parked(ParsedEvent event, ParseReason reason, std::string path, std::string message) {
  event.verdict = Verdict::kParked;
  event.reason = reason;
  event.path = std::move(path);
  event.message = std::move(message);
  return event;
}

ParsedEvent Parked(ParsedEvent event, const Defect& defect) {
  return Parked(std::move(event), defect.reason, defect.path, defect.message);
}

// Thin events tell the time as a text, all others in Unix seconds.
Instant ReadCreated(const Field& field) {
  if (!field.is(JsonType::kString)) return field.RequiredTime();
  const absl::StatusOr<Instant> at = ParseInstant(field.OptionalText());
  if (at.ok()) return *at;
  field.AddDefect(ParseReason::kFieldValue, StatusMessage(at.status()));
  return {};
}

void ReadEnvelope(const Field& root, ParsedEvent& event) {
  event.id = root["id"].RequiredId();
  event.type = root["type"].RequiredId();
  event.livemode = root["livemode"].OptionalBool();
  if (!root["livemode"].present()) root["livemode"].AddDefect(ParseReason::kFieldMissing, "missing");
  event.account = root["account"].OptionalId();
  event.created = ReadCreated(root["created"]);
}

// Not decisive, so of any type.
std::string TextOrNothing(const Field& field) {
  return field.is(JsonType::kString) ? field.OptionalText() : std::string();
}

// Thin events show no object. Their types are those of full events with a version in front.
ParsedEvent ParseThin(const Field& root, ParsedEvent event) {
  event.snapshot_event = TextOrNothing(root["snapshot_event"]);
  std::string_view type = event.type;
  if (type.starts_with("v1.") || type.starts_with("v2.")) type.remove_prefix(3);
  if (FindDecidingType(type) == nullptr) {
    return NotUsed(std::move(event));
  }
  return Parked(std::move(event), ParseReason::kNeedsRefetch, "related_object",
                "related_object: a thin event names its object without showing it; send the full (snapshot) event "
                "to this endpoint");
}

ParsedEvent ParseFull(const Field& root, Defects& defects, ParsedEvent event) {
  const DecidingType* const row = FindDecidingType(event.type);
  if (row == nullptr) {
    return NotUsed(std::move(event));
  }
  const Field object = root["data"]["object"];
  if (!object.present()) object.AddDefect(ParseReason::kFieldMissing, "missing");
  const Field kind = object["object"];
  if (kind.present() && kind.OptionalText() != row->object) {
    kind.AddDefect(ParseReason::kContradiction, "expected `" + std::string(row->object) + "` in " + event.type);
  }
  const Field status = object["status"];
  if (!row->status.empty() && status.present() && status.OptionalText() != row->status) {
    status.AddDefect(ParseReason::kContradiction, "expected `" + std::string(row->status) + "` in " + event.type);
  }
  Reading reading({"stripe", event.account, event.livemode}, event.created);
  if (!defects.first()) FindObjectReader(row->object)(reading, object, event.type);
  if (defects.first()) return Parked(std::move(event), *defects.first());
  event.verdict = Verdict::kFacts;
  event.facts = reading.TakeFacts();
  return event;
}

}  // namespace

ObjectReader FindObjectReader(std::string_view object_name) {
  struct Row {
    std::string_view name;
    ObjectReader reader;
  };
  static constexpr Row kReaders[] = {
      {"charge", ReadCharge},
      {"checkout.session", ReadCheckoutSession},
      {"credit_note", ReadCreditNote},
      {"customer", ReadCustomer},
      {"dispute", ReadDispute},
      {"invoice", ReadInvoice},
      {"invoice_payment", ReadInvoicePayment},
      {"payment_intent", ReadPaymentIntent},
      {"radar.early_fraud_warning", ReadFraudWarning},
      {"refund", ReadRefund},
      {"subscription", ReadSubscription},
      {"test_helpers.test_clock", ReadTestClock},
  };
  for (const Row& row : kReaders) {
    if (row.name == object_name) return row.reader;
  }
  return nullptr;
}

ParsedEvent Parse(std::string_view body, const ParseContext& context) {
  if (body.size() > kMaxEventBytes) {
    return Parked({}, ParseReason::kNotAnEvent, "body", "body: larger than 1 MiB");
  }
  const absl::StatusOr<JsonDocument> json = ParseJson(body);
  if (!json.ok()) {
    return Parked({}, ParseReason::kNotAnEvent, "body", "body: no JSON object: " + StatusMessage(json.status()));
  }
  Defects defects;
  const Field root(json->root, defects);
  ParsedEvent event;
  event.api_version = TextOrNothing(root["api_version"]);
  ReadEnvelope(root, event);
  if (defects.first()) return Parked(std::move(event), *defects.first());
  if (!json->duplicate_path.empty()) {
    return Parked(std::move(event), ParseReason::kDuplicateName, json->duplicate_path,
                  json->duplicate_path + ": stands twice in one object");
  }
  if (event.livemode != context.livemode) {
    std::string message = std::string("livemode is ") + (event.livemode ? "true" : "false") + ", this server expects " +
                          (context.livemode ? "true" : "false");
    return Ignored(std::move(event), ParseReason::kForeignLivemode, std::move(message));
  }
  if (event.account != context.account) {
    std::string message = "account is `" + event.account + "`, this server expects `" + context.account + "`";
    return Ignored(std::move(event), ParseReason::kForeignAccount, std::move(message));
  }
  if (TextOrNothing(root["object"]) == "v2.core.event") return ParseThin(root, std::move(event));
  return ParseFull(root, defects, std::move(event));
}

std::vector<std::string_view> DecidingEventTypes() {
  std::vector<std::string_view> types;
  for (const DecidingType& row : kDecidingTypes) types.push_back(row.type);
  std::sort(types.begin(), types.end());
  return types;
}

std::string_view ParseReasonName(ParseReason reason) {
  switch (reason) {
    case ParseReason::kNone: return "";
    case ParseReason::kTypeNotUsed: return "TYPE_NOT_USED";
    case ParseReason::kForeignLivemode: return "FOREIGN_LIVEMODE";
    case ParseReason::kForeignAccount: return "FOREIGN_ACCOUNT";
    case ParseReason::kNotAnEvent: return "NOT_AN_EVENT";
    case ParseReason::kDuplicateName: return "DUPLICATE_NAME";
    case ParseReason::kFieldMissing: return "FIELD_MISSING";
    case ParseReason::kFieldType: return "FIELD_TYPE";
    case ParseReason::kFieldValue: return "FIELD_VALUE";
    case ParseReason::kUnknownValue: return "UNKNOWN_VALUE";
    case ParseReason::kContradiction: return "CONTRADICTION";
    case ParseReason::kLinesIncomplete: return "LINES_INCOMPLETE";
    case ParseReason::kNeedsRefetch: return "NEEDS_REFETCH";
  }
  return "";
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFacts: return "APPLIED";
    case Verdict::kIgnored: return "IGNORED";
    case Verdict::kParked: return "PARKED";
  }
  return "";
}

}  // namespace usher::stripe
