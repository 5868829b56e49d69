#include "server/engine/ingest.h"

#include <utility>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {

absl::StatusOr<const BillingSource*> FindSource(const BillingSources& sources, std::string_view provider) {
  const auto found = sources.find(provider);
  if (found != sources.end()) return found->second;
  std::string known;
  for (const auto& [name, source] : sources) known += (known.empty() ? "`" : ", `") + name + "`";
  return Refuse(Refusal::kProviderUnknown, "no payment provider `" + std::string(provider) + "`; this server knows " +
                                               (known.empty() ? "none" : known));
}

absl::StatusOr<Projection::View> CurrentView(const Projection& projection) {
  std::optional<Projection::View> view = projection.Current();
  if (!view) return Unavailable("no catalog is active yet; the server is starting");
  return *std::move(view);
}

std::string RevisionToken(const Store& store, std::int64_t generation, std::map<TenantId, std::int64_t> versions) {
  if (versions.empty()) return "";
  return EncodeRevision({.epoch = store.Epoch(), .versions = std::move(versions), .generation = generation});
}

Ingest::Ingest(Store& store, Writer& writer, const Projection& projection, const Clock& clock,
               const Clock& machine_clock, const BillingSources& sources, const PayloadSeal& seal)
    : store_(store),
      writer_(writer),
      projection_(projection),
      clock_(clock),
      machine_clock_(machine_clock),
      sources_(sources),
      seal_(seal) {}

absl::StatusOr<EventOutcome> Ingest::RelayWebhook(const WebhookDelivery& delivery) {
  absl::StatusOr<const BillingSource*> source = FindSource(sources_, delivery.provider);
  if (!source.ok()) {
    unknown_provider_.Add();
    return source.status();
  }
  const Instant received = delivery.received_at.value_or(machine_clock_.Now());
  absl::Status judged = Judge(**source, delivery, received);
  if (!judged.ok()) return judged;

  ReceivedEvent event{.parsed = (*source)->Parse(delivery.raw), .raw = "", .received = received};
  EnsureId(event.parsed, delivery.raw);
  event.raw = seal_.Seal(delivery.raw, PayloadLabel(event.parsed.scope, event.parsed.id));

  absl::StatusOr<EventOutcome> outcome = Record(event);
  if (outcome.ok()) delivered_[Index(outcome->disposition)].Add();
  return outcome;
}

absl::StatusOr<EventOutcome> Ingest::Record(const ReceivedEvent& event) {
  absl::StatusOr<EventOutcome> outcome = Commit(event, Receive);
  if (outcome.ok() || ConcernsEveryone(outcome.status())) return outcome;
  return ParkCulprit(event, outcome.status());
}

absl::StatusOr<EventOutcome> Ingest::Commit(const ReceivedEvent& event, const Reception& receive) {
  EventOutcome outcome;
  absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>& published) -> absl::Status {
        absl::StatusOr<Projection::View> view = CurrentView(projection_);
        if (!view.ok()) return view.status();
        const Learning learning{.now = clock_.Now(),
                                .actor = event.parsed.scope.provider,
                                .cause = "event " + event.parsed.id + " (" + event.parsed.type + ")",
                                .view = *view};
        absl::StatusOr<Receipt> receipt = receive(transaction, event, learning, published);
        if (!receipt.ok()) return receipt.status();
        outcome = {.event_id = event.parsed.id,
                   .event_type = event.parsed.type,
                   .disposition = receipt->disposition,
                   .reason = receipt->reason,
                   .revision = RevisionToken(store_, view->generation(), std::move(receipt->versions))};
        return absl::OkStatus();
      });
  if (!committed.ok()) return committed;
  return outcome;
}

// The event failed alone, for a reason of its own, and would do so at every delivery until its sender gives up. Kept,
// it is not lost. What failed is for those who may read the inbox; the sender's log may be anybody's.
absl::StatusOr<EventOutcome> Ingest::ParkCulprit(const ReceivedEvent& event, const absl::Status& failure) {
  const std::string reason = "it cannot be recorded as it reads: " + StatusMessage(failure) +
                             "; once that is repaired, redrive it or have it delivered again";
  absl::StatusOr<EventOutcome> outcome =
      Commit(event, [&reason](StoreTransaction& transaction, const ReceivedEvent& received, const Learning& learning,
                              std::vector<TenantChange>& published) {
        return Park(transaction, received, reason, learning, published);
      });
  if (!outcome.ok()) return failure;
  outcome->reason = "it cannot be recorded as it reads; the server's inbox says why";
  return outcome;
}

// Nothing of a delivery that is turned away is stored, not even its number: a forger must not make the disk work.
absl::Status Ingest::Judge(const BillingSource& source, const WebhookDelivery& delivery, Instant received_at) {
  const SignatureCheck check = source.Verify(delivery.raw, delivery.headers, received_at);
  switch (check.verdict) {
    case SignatureVerdict::kGenuine: return absl::OkStatus();
    case SignatureVerdict::kForged: forged_.Add(); return Refuse(Refusal::kSignatureInvalid, check.message);
    case SignatureVerdict::kStale: stale_.Add(); return Refuse(Refusal::kSignatureStale, check.message);
    case SignatureVerdict::kNoSecret:
      without_secret_.Add();
      return Refuse(Refusal::kWebhookSecretMissing, check.message);
  }
  return Internal("a signature check answered nothing known");
}

RejectedDeliveries Ingest::rejected() const {
  return {.forged = forged_.value(),
          .stale = stale_.value(),
          .without_secret = without_secret_.value(),
          .unknown_provider = unknown_provider_.value()};
}

}  // namespace usher
