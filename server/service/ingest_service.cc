#include "server/service/ingest_service.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"
#include "server/service/convert.h"
#include "server/service/validate.h"

namespace usher {
namespace {

constexpr std::size_t kMaxBodyBytes = 1024 * 1024;
constexpr int kMaxHeaders = 100;
constexpr std::size_t kMaxHeaderNameBytes = 256;
constexpr std::size_t kMaxHeaderValueBytes = 8 * 1024;
constexpr std::int64_t kMaxQuantity = 1'000'000'000;
constexpr std::chrono::minutes kMaxAhead{5};

WebhookDelivery ReadDelivery(const v1::RelayWebhookRequest& request, Violations& violations) {
  WebhookDelivery delivery;
  delivery.provider = ReadName(request.provider(), 64, "provider", violations);
  delivery.raw = request.raw_body();
  if (delivery.raw.empty() || delivery.raw.size() > kMaxBodyBytes) {
    violations.Add("raw_body", "expected 1 byte to 1 MiB");
  }
  if (request.headers_size() > kMaxHeaders) violations.Add("headers", "expected at most 100");
  for (int i = 0; i < std::min(request.headers_size(), kMaxHeaders); ++i) {
    const v1::WebhookHeader& header = request.headers(i);
    if (header.name().size() > kMaxHeaderNameBytes || header.value().size() > kMaxHeaderValueBytes) {
      violations.Add("headers[" + std::to_string(i) + "]", "expected a name of at most 256 bytes and a value of 8 KiB");
    }
    delivery.headers.push_back({.name = header.name(), .value = header.value()});
  }
  delivery.received_at = ReadInstant(request.has_received_at(), request.received_at(), "received_at", violations);
  return delivery;
}

void ReadProvider(const v1::RecordPaymentOutcomeRequest& request, const BillingSources& sources, OutcomeRecord& record,
                  Violations& violations) {
  record.provider = request.provider();
  const bool well_formed =
      !record.provider.empty() && record.provider.size() <= 64 && std::ranges::all_of(record.provider, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  if (!well_formed) violations.Add("provider", "expected 1 to 64 of [a-z0-9_-]");
  if (record.provider == kOperatorProvider || sources.contains(record.provider)) {
    violations.Add("provider",
                   "\"" + record.provider + "\" is taken: what it reports arrives as webhooks or is the server's own");
  }
}

void ReadPeriod(const v1::RecordPaymentOutcomeRequest& request, OutcomeFact& outcome, Violations& violations) {
  outcome.start = ReadInstant(request.has_period_start(), request.period_start(), "period_start", violations);
  outcome.end = ReadInstant(request.has_period_end(), request.period_end(), "period_end", violations);
  if (request.has_period_start() != request.has_period_end()) {
    violations.Add(request.has_period_start() ? "period_end" : "period_start",
                   "expected both ends of the period, or neither");
  } else if (outcome.start && outcome.end && *outcome.end <= *outcome.start) {
    violations.Add("period_end", "expected a time after period_start");
  }
}

OutcomeRecord ReadOutcome(const v1::RecordPaymentOutcomeRequest& request, const BillingSources& sources, Instant now,
                          Violations& violations) {
  OutcomeRecord record;
  record.outcome.tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  ReadProvider(request, sources, record, violations);
  record.reference = ReadName(request.reference(), 128, "reference", violations);
  record.livemode = request.livemode();
  const std::optional<OutcomeStatus> status = FromProto(request.outcome());
  if (!status) violations.Add("outcome", "expected PENDING, FAILED, SUCCEEDED or REVERSED");
  record.outcome.status = status.value_or(OutcomeStatus::kPending);
  record.outcome.price = PriceId(ReadExternalId(request.price(), "price", violations));
  const std::int64_t quantity = request.has_quantity() ? request.quantity() : 1;
  if (quantity < 1 || quantity > kMaxQuantity) violations.Add("quantity", "expected 1 to 1000000000");
  record.outcome.quantity_milli = std::clamp(quantity, std::int64_t{1}, kMaxQuantity) * 1000;
  if (!request.subscription_id().empty()) {
    record.outcome.subscription = ReadName(request.subscription_id(), 128, "subscription_id", violations);
  }
  ReadPeriod(request, record.outcome, violations);
  record.occurred_at = ReadInstant(request.has_occurred_at(), request.occurred_at(), "occurred_at", violations);
  if (record.occurred_at && *record.occurred_at > now + kMaxAhead) {
    violations.Add("occurred_at", "expected a time that is at most 5 min ahead");
  }
  return record;
}

}  // namespace

IngestService::IngestService(Ingest* ingest, Recorder* recorder, const BillingSources* sources, const Clock* clock)
    : ingest_(*ingest), recorder_(*recorder), sources_(*sources), clock_(*clock) {}

absl::StatusOr<v1::RelayWebhookResponse> IngestService::RelayWebhook(const CallContext& /*context*/,
                                                                     const v1::RelayWebhookRequest& request) {
  Violations violations;
  const WebhookDelivery delivery = ReadDelivery(request, violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<EventOutcome> outcome = ingest_.RelayWebhook(delivery);
  if (!outcome.ok()) return outcome.status();
  v1::RelayWebhookResponse response;
  response.set_event_id(outcome->event_id);
  response.set_event_type(outcome->event_type);
  response.set_disposition(ToProto(outcome->disposition));
  response.set_reason(outcome->reason);
  response.set_revision(outcome->revision);
  return response;
}

absl::StatusOr<v1::RecordPaymentOutcomeResponse> IngestService::RecordPaymentOutcome(
    const CallContext& context, const v1::RecordPaymentOutcomeRequest& request) {
  Violations violations;
  const OutcomeRecord record = ReadOutcome(request, sources_, clock_.Now(), violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<Recorded> recorded = recorder_.RecordOutcome(record, context.principal.name);
  if (absl::IsInvalidArgument(recorded.status()) && !RefusalOf(recorded.status())) {
    violations.Add("period_start", StatusMessage(recorded.status()));
    return violations.ToStatus();
  }
  if (!recorded.ok()) return recorded.status();
  v1::RecordPaymentOutcomeResponse response;
  response.set_disposition(ToProto(recorded->disposition));
  response.set_revision(recorded->revision);
  return response;
}

}  // namespace usher
