#include "server/engine/ledger.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "server/core/fact_codec.h"
#include "server/core/timeline.h"
#include "server/core/trace_model.h"
#include "server/engine/effects.h"
#include "server/engine/links.h"
#include "server/engine/schedule.h"

namespace usher {
namespace {

// A connected part of the ledger that something new has reached.
struct Part {
  std::vector<Fact> facts;
  std::vector<Digest> digests;    // of `facts`, in the same order
  const std::set<Digest>& added;  // what is new in the ledger, inside this part or not
};

// An object that belongs to another tenant than before.
struct Move {
  ObjectRef object;
  TenantId from;
  TenantId to;
};

std::vector<Move> FindMoves(const Part& part) {
  struct Links {
    std::vector<const Fact*> before;
    std::vector<const Fact*> now;
  };
  std::map<ObjectRef, Links> objects;
  for (std::size_t i = 0; i < part.facts.size(); ++i) {
    const Fact& fact = part.facts[i];
    if (!std::holds_alternative<LinkFact>(fact.content)) continue;
    Links& links = objects[fact.object];
    links.now.push_back(&fact);
    if (!part.added.contains(part.digests[i])) links.before.push_back(&fact);
  }
  std::vector<Move> moves;
  for (const auto& [object, links] : objects) {
    const LinkFact* before = OwnLink(links.before);
    const LinkFact* now = OwnLink(links.now);
    if (before != nullptr && before->tenant != now->tenant) moves.push_back({object, before->tenant, now->tenant});
  }
  return moves;
}

// Brings the tenants of one part up to date.
class PartUpdate {
 public:
  PartUpdate(StoreTransaction& transaction, const Part& part, const Learning& learning,
             std::vector<TenantChange>& changes)
      : transaction_(transaction), part_(part), learning_(learning), changes_(changes) {}

  absl::Status Run() {
    absl::Status audited = AuditMoves();
    if (!audited.ok()) return audited;
    for (const TenantId& tenant : TenantsIn(part_.facts)) {
      absl::Status updated = UpdateTenant(tenant);
      if (!updated.ok()) return updated;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status AuditMoves() {
    for (const Move& move : FindMoves(part_)) {
      moved_.insert(move.from);
      moved_.insert(move.to);
      const std::string detail = std::string(ObjectKindName(move.object.kind)) + " " + move.object.id +
                                 " moved from tenant " + move.from.str() + " to " + move.to.str() + " by " +
                                 learning_.cause;
      for (const TenantId& tenant : {move.from, move.to}) {
        absl::Status audited = Audit("LINK_MOVED", tenant, detail);
        if (!audited.ok()) return audited;
      }
    }
    return absl::OkStatus();
  }

  absl::Status UpdateTenant(const TenantId& tenant) {
    auto trace = std::make_shared<const Trace>(BuildTrace(tenant, part_.facts));
    absl::StatusOr<std::optional<TenantState>> state = transaction_.FindTenantState(tenant);
    if (!state.ok()) return state.status();
    // A claim that counts for nothing makes nobody known.
    if (!state->has_value() && !trace->known) return absl::OkStatus();

    const Digest digest = TraceDigest(*trace);
    std::int64_t version = state->has_value() ? (*state)->version : 0;
    if (version == 0 || (*state)->digest != digest || moved_.contains(tenant)) {
      absl::Status changed = Change(tenant, ++version, digest, std::move(trace));
      if (!changed.ok()) return changed;
    }
    return Join(tenant, version);
  }

  absl::Status Change(const TenantId& tenant, std::int64_t version, const Digest& digest,
                      std::shared_ptr<const Trace> trace) {
    auto timeline = std::make_shared<const Timeline>(Resolve(*trace, *learning_.view.catalog()));
    const Instant boundary = BoundaryAfter(*timeline, learning_.now);
    absl::Status put = transaction_.PutTenantState({.tenant = tenant,
                                                    .version = version,
                                                    .trace = EncodeTrace(*trace),
                                                    .digest = digest,
                                                    .next_boundary = boundary,
                                                    .generation = learning_.view.generation(),
                                                    .created_at = learning_.now,
                                                    .changed_at = learning_.now});
    if (!put.ok()) return put;
    absl::Status scheduled = PutBoundary(transaction_, tenant, boundary, learning_.now);
    if (!scheduled.ok()) return scheduled;
    absl::Status enqueued = EnqueueEffects(transaction_, tenant, learning_.now);
    if (!enqueued.ok()) return enqueued;
    absl::Status logged = transaction_.AppendChange({tenant, version, digest});
    if (!logged.ok()) return logged;
    absl::Status audited =
        Audit("LEDGER_CHANGED", tenant, "version " + std::to_string(version) + " by " + learning_.cause);
    if (!audited.ok()) return audited;
    changes_.push_back({.tenant = tenant,
                        .version = version,
                        .trace = std::move(trace),
                        .timeline = std::move(timeline),
                        .generation = learning_.view.generation(),
                        .now = learning_.now});
    return absl::OkStatus();
  }

  // What of the part is not in the tenant's ledger yet was learned at this version.
  absl::Status Join(const TenantId& tenant, std::int64_t version) {
    absl::StatusOr<std::vector<Digest>> known = transaction_.TenantFactDigests(tenant);
    if (!known.ok()) return known.status();
    const std::set<Digest> ledger(known->begin(), known->end());
    std::vector<Digest> joining;
    for (const Digest& digest : part_.digests) {
      if (!ledger.contains(digest)) joining.push_back(digest);
    }
    return transaction_.JoinLedger(tenant, version, learning_.now, joining);
  }

  absl::Status Audit(std::string action, const TenantId& tenant, std::string detail) {
    return transaction_.AppendAudit({.at = learning_.now,
                                     .actor = learning_.actor,
                                     .action = std::move(action),
                                     .tenant = tenant.str(),
                                     .detail = std::move(detail)});
  }

  StoreTransaction& transaction_;
  const Part& part_;
  const Learning& learning_;
  std::vector<TenantChange>& changes_;
  std::set<TenantId> moved_;
};

absl::StatusOr<Part> ReadPart(StoreTransaction& transaction, const ObjectRef& object, const std::set<Digest>& added) {
  absl::StatusOr<std::vector<LedgerFact>> connected = transaction.ConnectedFacts(object);
  if (!connected.ok()) return connected.status();
  Part part{.facts = {}, .digests = {}, .added = added};
  part.facts.reserve(connected->size());
  part.digests.reserve(connected->size());
  for (LedgerFact& fact : *connected) {
    part.facts.push_back(std::move(fact.fact));
    part.digests.push_back(fact.digest);
  }
  return part;
}

}  // namespace

absl::StatusOr<std::vector<TenantChange>> AddToLedger(StoreTransaction& transaction, std::span<const Fact> facts,
                                                      const Learning& learning) {
  std::set<Digest> added;
  for (const Fact& fact : facts) {
    absl::StatusOr<bool> is_new = transaction.AddFact(fact, learning.now);
    if (!is_new.ok()) return is_new.status();
    if (*is_new) added.insert(FactDigest(fact));
  }
  std::vector<TenantChange> changes;
  std::set<Digest> done;
  for (const Fact& fact : facts) {
    const Digest digest = FactDigest(fact);
    if (!added.contains(digest) || done.contains(digest)) continue;
    absl::StatusOr<Part> part = ReadPart(transaction, fact.object, added);
    if (!part.ok()) return part.status();
    done.insert(part->digests.begin(), part->digests.end());
    absl::Status updated = PartUpdate(transaction, *part, learning, changes).Run();
    if (!updated.ok()) return updated;
  }
  std::sort(changes.begin(), changes.end(),
            [](const TenantChange& a, const TenantChange& b) { return a.tenant < b.tenant; });
  return changes;
}

}  // namespace usher
