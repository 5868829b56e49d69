// RelayWebhook: from the bytes of a webhook to durable facts.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/time.h"
#include "server/base/counter.h"
#include "server/base/payload_seal.h"
#include "server/engine/inbox.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"
#include "server/ports/billing_source.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

struct WebhookDelivery {
  std::string provider;
  std::string raw;  // verbatim: the signature covers it
  std::vector<WebhookHeader> headers;
  std::optional<Instant> received_at;  // unset: now
};

struct EventOutcome {
  std::string event_id;
  std::string event_type;
  Disposition disposition = Disposition::kParked;
  std::string reason;    // why it was ignored or parked; empty when applied
  std::string revision;  // empty when no tenant changed
};

// Deliveries that were turned away since the process started. Nothing of them is stored.
struct RejectedDeliveries {
  std::int64_t forged = 0;
  std::int64_t stale = 0;
  std::int64_t without_secret = 0;
  std::int64_t unknown_provider = 0;
};

// Stored events of one provider that were ignored because they are somebody else's.
struct ForeignEvents {
  std::string provider;
  ScopeVerdict verdict = ScopeVerdict::kServed;  // another than kServed
  std::int64_t count = 0;
  Instant last_received{};
  std::string message;  // for people, about the last one: what to do

  friend bool operator==(const ForeignEvents&, const ForeignEvents&) = default;
};

// The billing systems that are built in, by the name of their provider. Fixed at start.
using BillingSources = std::map<std::string, const BillingSource*, std::less<>>;

// Refusal kProviderUnknown, naming those that are known.
absl::StatusOr<const BillingSource*> FindSource(const BillingSources& sources, std::string_view provider);

// UNAVAILABLE before the first activation.
absl::StatusOr<Projection::View> CurrentView(const Projection& projection);

// The token for reads that must know the tenants at `versions`; empty when there are none.
std::string RevisionToken(const Store& store, std::int64_t generation, std::map<TenantId, std::int64_t> versions);

// Any thread may call.
class Ingest {
 public:
  // All outlive it. The projection holds a catalog before the first call. `clock` is the one that access is judged by,
  // `machine_clock` the one that signatures are.
  Ingest(Store& store, Writer& writer, const Projection& projection, const Clock& clock, const Clock& machine_clock,
         const BillingSources& sources, const PayloadSeal& seal);

  // Verifies, reads, records. OK means durable; only then may the sender forget the event. An event that the store or
  // the engine cannot take for a reason of its own is parked with that reason.
  // Refusals: kProviderUnknown, kSignatureInvalid, kSignatureStale, kWebhookSecretMissing. Else as the store fails.
  absl::StatusOr<EventOutcome> RelayWebhook(const WebhookDelivery& delivery);

  // Reads the parked event again and lets it count as it reads now (redrive.cc). An event that was parked because it
  // contradicts an earlier delivery is applied beside it: asking for it is the decision.
  // Refusals: kEventUnknown, kEventNotParked, kProviderUnknown, kPayloadUnreadable.
  absl::StatusOr<EventOutcome> Redrive(std::string_view provider, std::string_view event_id, std::string_view actor);

  RejectedDeliveries rejected() const;

  // Deliveries that came to `disposition` since the process started. Nobody counts redriven events.
  std::int64_t delivered(Disposition disposition) const { return delivered_[Index(disposition)].value(); }

  // What is stored and, as the sources are configured now, not for this server (foreign.cc): one row for each provider
  // and verdict, sorted. A repeated event counts once.
  absl::StatusOr<std::vector<ForeignEvents>> CountForeignEvents(StoreReader& reader) const;

 private:
  using Reception = std::function<absl::StatusOr<Receipt>(StoreTransaction&, const ReceivedEvent&, const Learning&,
                                                          std::vector<TenantChange>& published)>;

  static std::size_t Index(Disposition disposition) { return static_cast<std::size_t>(disposition); }

  absl::StatusOr<EventOutcome> Record(const ReceivedEvent& event);
  absl::StatusOr<EventOutcome> Commit(const ReceivedEvent& event, const Reception& receive);
  absl::StatusOr<EventOutcome> ParkCulprit(const ReceivedEvent& event, const absl::Status& failure);
  absl::Status Judge(const BillingSource& source, const WebhookDelivery& delivery, Instant received_at);
  absl::StatusOr<EventOutcome> ReadAgain(StoreTransaction& transaction, const BillingSource& source,
                                         std::string_view event_id, std::string_view actor,
                                         std::vector<TenantChange>& published);

  Store& store_;
  Writer& writer_;
  const Projection& projection_;
  const Clock& clock_;
  const Clock& machine_clock_;
  const BillingSources& sources_;
  const PayloadSeal& seal_;

  std::array<Counter, static_cast<std::size_t>(Disposition::kParked) + 1> delivered_;
  Counter forged_;
  Counter stale_;
  Counter without_secret_;
  Counter unknown_provider_;
};

}  // namespace usher
