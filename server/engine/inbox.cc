#include "server/engine/inbox.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/core/fact_codec.h"

namespace usher {
namespace {

EventDisposition DispositionOf(EventVerdict verdict) {
  switch (verdict) {
    case EventVerdict::kApply: return EventDisposition::kApplied;
    case EventVerdict::kIgnore: return EventDisposition::kIgnored;
    case EventVerdict::kPark: return EventDisposition::kParked;
  }
  return EventDisposition::kParked;
}

Disposition ToDisposition(EventDisposition disposition) {
  switch (disposition) {
    case EventDisposition::kApplied: return Disposition::kApplied;
    case EventDisposition::kIgnored: return Disposition::kIgnored;
    case EventDisposition::kParked: return Disposition::kParked;
  }
  return Disposition::kParked;
}

// The reason with the field it is about, once.
std::string ReasonOf(const ParsedEvent& event) {
  if (event.path.empty() || event.reason.find(event.path) != std::string::npos) return event.reason;
  return event.path + ": " + event.reason;
}

EventRow RowOf(const ReceivedEvent& event) {
  const ParsedEvent& parsed = event.parsed;
  return {.position = 0,
          .scope = parsed.scope,
          .id = parsed.id,
          .type = parsed.type,
          .created = parsed.created,
          .received = event.received,
          .disposition = DispositionOf(parsed.verdict),
          .reason = ReasonOf(parsed),
          .content = ContentOf(parsed),
          .raw = event.raw};
}

// Adds what an applied event says, and remembers who taught it.
absl::StatusOr<Receipt> Learn(StoreTransaction& transaction, const EventRow& row, const ParsedEvent& parsed,
                              const Learning& learning, std::vector<TenantChange>& published) {
  Receipt receipt{.disposition = ToDisposition(row.disposition), .reason = row.reason, .versions = {}};
  if (row.disposition != EventDisposition::kApplied) return receipt;
  absl::StatusOr<std::vector<TenantChange>> changes = AddToLedger(transaction, parsed.facts, learning);
  if (!changes.ok()) return changes.status();
  std::vector<Digest> facts;
  facts.reserve(parsed.facts.size());
  for (const Fact& fact : parsed.facts) facts.push_back(FactDigest(fact));
  absl::Status taught = transaction.AddEventFacts(row.position, facts);
  if (!taught.ok()) return taught;
  std::vector<TenantId> tenants;
  for (const TenantChange& change : *changes) {
    tenants.push_back(change.tenant);
    receipt.versions[change.tenant] = change.version;
  }
  absl::Status changed = transaction.AddEventTenants(row.position, tenants);
  if (!changed.ok()) return changed;
  std::move(changes->begin(), changes->end(), std::back_inserter(published));
  return receipt;
}

// A repetition answers with what its first delivery changed, so that a caller who lost the first answer can read it.
absl::StatusOr<Receipt> Repeat(StoreTransaction& transaction, const EventRow& row) {
  Receipt receipt{.disposition = Disposition::kDuplicate, .reason = row.reason, .versions = {}};
  absl::StatusOr<std::vector<TenantId>> tenants = transaction.EventTenants(row.position);
  if (!tenants.ok()) return tenants.status();
  for (const TenantId& tenant : *tenants) {
    absl::StatusOr<std::optional<TenantState>> state = transaction.FindTenantState(tenant);
    if (!state.ok()) return state.status();
    if (state->has_value()) receipt.versions[tenant] = (*state)->version;
  }
  return receipt;
}

const EventRow* FindContent(const std::vector<EventRow>& rows, const Digest& content) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const EventRow& row) { return row.content == content; });
  return found == rows.end() ? nullptr : &*found;
}

bool AnyApplied(const std::vector<EventRow>& rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const EventRow& row) { return row.disposition == EventDisposition::kApplied; });
}

}  // namespace

void EnsureId(ParsedEvent& event, std::string_view raw) {
  if (event.id.empty()) event.id = "sha256:" + ToHex(Sha256(raw));
}

std::string PayloadLabel(const BillingScope& scope, std::string_view id) {
  return scope.provider + "\n" + scope.account + "\n" + (scope.livemode ? "live" : "test") + "\n" + std::string(id);
}

Digest ContentOf(const ParsedEvent& event) {
  std::string bytes;
  switch (event.verdict) {
    case EventVerdict::kApply: {
      std::set<Digest> facts;
      for (const Fact& fact : event.facts) facts.insert(FactDigest(fact));
      bytes = "applied";
      for (const Digest& fact : facts) bytes.append(fact.bytes.begin(), fact.bytes.end());
      break;
    }
    case EventVerdict::kIgnore: bytes = "ignored"; break;
    case EventVerdict::kPark: bytes = "parked"; break;
  }
  return Sha256(bytes);
}

absl::StatusOr<Receipt> Receive(StoreTransaction& transaction, const ReceivedEvent& event, const Learning& learning,
                                std::vector<TenantChange>& published) {
  absl::StatusOr<std::vector<EventRow>> rows = transaction.FindEvents(event.parsed.scope, event.parsed.id);
  if (!rows.ok()) return rows.status();
  EventRow row = RowOf(event);
  if (const EventRow* same = FindContent(*rows, row.content)) return Repeat(transaction, *same);

  if (AnyApplied(*rows)) {
    row.disposition = EventDisposition::kParked;
    row.reason = "an earlier delivery of event " + row.id +
                 " said something else and counts; compare the two at the provider, then redrive this one to let both"
                 " count";
  } else if (!rows->empty()) {
    row.position = rows->front().position;
    absl::Status updated = transaction.UpdateEvent(row);
    if (!updated.ok()) return updated;
    return Learn(transaction, row, event.parsed, learning, published);
  }
  absl::StatusOr<std::int64_t> position = transaction.InsertEvent(row);
  if (!position.ok()) return position.status();
  row.position = *position;
  return Learn(transaction, row, event.parsed, learning, published);
}

absl::StatusOr<Receipt> Park(StoreTransaction& transaction, const ReceivedEvent& event, const std::string& reason,
                             const Learning& learning, std::vector<TenantChange>& published) {
  ReceivedEvent parked = event;
  parked.parsed.verdict = EventVerdict::kPark;
  parked.parsed.facts.clear();
  parked.parsed.path.clear();
  parked.parsed.reason = reason;
  return Receive(transaction, parked, learning, published);
}

absl::StatusOr<Receipt> ReceiveAgain(StoreTransaction& transaction, const EventRow& row, const ParsedEvent& parsed,
                                     const Learning& learning, std::vector<TenantChange>& published) {
  absl::StatusOr<std::vector<EventRow>> rows = transaction.FindEvents(row.scope, row.id);
  if (!rows.ok()) return rows.status();
  EventRow updated = row;
  updated.type = parsed.type;
  updated.created = parsed.created;
  const Digest content = ContentOf(parsed);
  const EventRow* same = FindContent(*rows, content);
  if (same != nullptr && same->position != row.position) {
    updated.disposition = EventDisposition::kIgnored;
    updated.reason = "it says what another delivery of event " + row.id + " said";
    absl::Status settled = transaction.UpdateEvent(updated);
    if (!settled.ok()) return settled;
    return Repeat(transaction, *same);
  }
  updated.content = content;
  updated.disposition = DispositionOf(parsed.verdict);
  updated.reason = ReasonOf(parsed);
  absl::Status written = transaction.UpdateEvent(updated);
  if (!written.ok()) return written;
  return Learn(transaction, updated, parsed, learning, published);
}

}  // namespace usher
