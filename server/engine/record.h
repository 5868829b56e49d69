// What operators and applications say themselves: outcomes, tenants, links, overrides, suspensions. Each act is a fact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/fact.h"
#include "server/engine/ingest.h"
#include "server/engine/overrides.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"

namespace usher {

// A payment outcome that somebody vouches for.
struct OutcomeRecord {
  std::string provider;   // where it was paid, in the caller's words
  std::string reference;  // the caller's id of the payment
  bool livemode = false;
  OutcomeFact outcome;
  std::optional<Instant> occurred_at;  // unset: now
};

struct OverrideRecord {
  std::string override_id;
  OverrideFact content;  // `removed` and `actor` are not read
  std::string etag;      // empty: whatever is there
};

struct Recorded {
  Disposition disposition = Disposition::kApplied;  // kApplied, or kDuplicate when it was known already
  std::string revision;                             // a token for reads that must know this act
};

// Any thread may call. OK means durable and visible. `actor` is kept in the audit.
class Recorder {
 public:
  // All outlive it. The projection holds a catalog before the first call.
  Recorder(Store& store, Writer& writer, const Projection& projection, const Clock& clock,
           const BillingSources& sources);

  // One (provider, livemode, reference) names one payment: what is said of it again may differ in its status only, and
  // a pending or failed one may leave the period out. Refusals: kPriceUnknown; kOutcomeConflict for another payment,
  // and for the same of another tenant. INVALID_ARGUMENT for a success without a period that the price needs.
  absl::StatusOr<Recorded> RecordOutcome(const OutcomeRecord& record, std::string_view actor);

  // Refusal: kTenantExists.
  absl::StatusOr<Recorded> CreateTenant(const TenantId& tenant, std::string_view display_name, std::string_view actor);

  // Refusal: kProviderUnknown; INVALID_ARGUMENT for an id that cannot be linked.
  absl::StatusOr<Recorded> LinkTenant(const TenantId& tenant, std::string_view provider, std::string_view external_id,
                                      std::string_view actor);

  // Refusals: kFeatureUnknown, kTenantUnknown, kEtagMismatch; INVALID_ARGUMENT for a value that does not fit.
  absl::StatusOr<Recorded> PutOverride(const OverrideRecord& record, std::string_view actor);

  // Refusals: kOverrideUnknown, kTenantUnknown, kEtagMismatch.
  absl::StatusOr<Recorded> RemoveOverride(const TenantId& tenant, std::string_view override_id, std::string_view reason,
                                          std::string_view etag, std::string_view actor);

  // Refusal: kTenantUnknown.
  absl::StatusOr<Recorded> SetSuspended(const TenantId& tenant, bool suspended, std::string_view reason,
                                        std::string_view actor);

 private:
  struct Act;
  absl::StatusOr<Recorded> Perform(const Act& act, std::string_view actor);
  absl::StatusOr<Recorded> Run(const Act& act, StoreTransaction& transaction, std::string_view actor,
                               std::vector<TenantChange>& published);

  Store& store_;
  Writer& writer_;
  const Projection& projection_;
  const Clock& clock_;
  const BillingSources& sources_;
};

}  // namespace usher
