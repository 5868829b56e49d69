// How a received event meets what was received before: the one transaction of RelayWebhook and RedriveEvent.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/digest.h"
#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/engine/ledger.h"
#include "server/ports/billing_source.h"
#include "server/ports/store.h"

namespace usher {

// What became of a delivery. Every one of them is durable.
enum class Disposition { kApplied, kDuplicate, kIgnored, kParked };

struct ReceivedEvent {
  ParsedEvent parsed;  // with an id: EnsureId
  std::string raw;     // sealed, with PayloadLabel
  Instant received{};
};

struct Receipt {
  Disposition disposition = Disposition::kParked;
  std::string reason;                         // why it was ignored or parked; empty when applied
  std::map<TenantId, std::int64_t> versions;  // of the tenants whose ledgers the event changed
};

// An event whose bytes name no id is known by their digest.
void EnsureId(ParsedEvent& event, std::string_view raw);

// What the payload of an event is sealed with, so that it opens as that event's only.
std::string PayloadLabel(const BillingScope& scope, std::string_view id);

// Of what the event decides, whatever surrounds it: equal for two deliveries that say the same.
Digest ContentOf(const ParsedEvent& event);

// Records the event and what it says. A repetition changes nothing. A delivery that contradicts one that was applied is
// parked beside it; one that was only ignored or parked so far counts as it reads now. (R17)
absl::StatusOr<Receipt> Receive(StoreTransaction& transaction, const ReceivedEvent& event, const Learning& learning,
                                std::vector<TenantChange>& published);

// Parks an event that cannot be recorded as it reads: `reason` is the store's or the engine's, not the event's. It
// counts as it reads when it is redriven, or delivered again, after a repair.
absl::StatusOr<Receipt> Park(StoreTransaction& transaction, const ReceivedEvent& event, const std::string& reason,
                             const Learning& learning, std::vector<TenantChange>& published);

// Lets the parked event `row` count as it reads now.
absl::StatusOr<Receipt> ReceiveAgain(StoreTransaction& transaction, const EventRow& row, const ParsedEvent& parsed,
                                     const Learning& learning, std::vector<TenantChange>& published);

}  // namespace usher
