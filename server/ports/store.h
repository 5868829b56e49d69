// The storage contract. Storage keeps rows and never decides; what they mean is the engine's business.
//
// Every engine (SQLite, PostgreSQL) passes the same suite in tests/contract. Failures are absl::Status, the same on
// all:
//   UNAVAILABLE         busy, locked or lost: nothing is known to have happened, try again
//   ABORTED             a concurrent transaction won: repeat the whole transaction
//   RESOURCE_EXHAUSTED  no room left: nothing was written, and nothing will be until somebody makes room
//   DATA_LOSS           the stored bytes are damaged or were not written by Usher
//   INTERNAL            a defect of the adapter
// Messages name the database and what to do. No engine's own words or types cross this header.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "catalog/digest.h"
#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/core/fact.h"
#include "server/ports/audit.h"
#include "server/ports/key.h"

namespace usher {

// ---- the inbox

// What became of a received event. The numbers are stored.
enum class EventDisposition { kApplied = 1, kIgnored = 2, kParked = 3 };

struct EventRow {
  std::int64_t position = 0;  // given by the store, ascending in the order of receipt
  BillingScope scope;
  std::string id;  // the provider's; several rows of one scope and id are deliveries that contradict each other
  std::string type;
  Instant created{};   // by the provider
  Instant received{};  // here
  EventDisposition disposition = EventDisposition::kParked;
  std::string reason;  // empty when applied
  Digest content;      // of what it says: equal content of one id is a repetition
  std::string raw;     // the payload as the engine keeps it; empty when it was pruned
};

struct EventFilter {
  std::optional<EventDisposition> disposition;
  std::optional<std::int64_t> before;  // only positions less than this
  std::size_t limit = 50;
};

struct EventCounts {
  std::int64_t applied = 0;
  std::int64_t ignored = 0;
  std::int64_t parked = 0;
};

// The ignored events of one scope.
struct IgnoredEvents {
  BillingScope scope;
  std::int64_t count = 0;
  Instant last_received{};
};

// ---- the ledger

struct LedgerFact {
  Digest digest;  // FactDigest(fact)
  Fact fact;
};

// A fact as a member of one tenant's ledger.
struct TenantFactRow {
  Digest digest;
  Fact fact;
  std::int64_t version = 0;  // of the tenant, at which it was learned
  Instant learned_at{};
};

struct TenantState {
  TenantId tenant;
  std::int64_t version = 0;          // 1 for the first state, then one more for every change
  std::string trace;                 // EncodeTrace
  Digest digest;                     // TraceDigest
  Instant next_boundary = kForever;  // when the tenant's timeline changes next, as seen at `changed_at`
  std::int64_t generation = 0;       // the catalog generation that `next_boundary` was derived with
  Instant created_at{};
  Instant changed_at{};
};

// One state change of one tenant, for replicas that follow.
struct ChangeRow {
  TenantId tenant;
  std::int64_t version = 0;
  Digest digest;
};

// A place in the change log. Opaque; empty is the beginning; means nothing in another store.
struct ChangeCursor {
  std::string text;
};

struct Changes {
  // Every change that was committed since `after`, and possibly some that were seen already: apply by version.
  // Ascending versions per tenant.
  std::vector<ChangeRow> rows;
  ChangeCursor next;  // where to go on
};

// ---- catalogs

struct CatalogRow {
  Digest hash;
  std::string name;
  std::string source;  // the text it was loaded from
};

struct GenerationRow {
  std::int64_t number = 0;  // 1 for the first, then one more
  Digest hash;
  std::string actor;
  Instant at{};
};

// ---- members

// A user in a tenant. A user may be in several: the oldest membership, by (created_at, tenant), is the user's *home*.
struct MemberRow {
  TenantId tenant;
  UserId user;
  std::string kind;  // a member kind of the catalog, which may have forgotten it since
  Instant created_at{};

  friend bool operator==(const MemberRow&, const MemberRow&) = default;
};

// ---- work

// What there is to do. The numbers are stored.
enum class WorkKind {
  kBoundary = 1,   // a tenant's access changes although no event comes
  kRoles = 2,      // a user's role metadata at the identity provider is brought in step
  kRetention = 3,  // what is older than its declared retention goes
  kCatalog = 4,    // every tenant is brought in step with a catalog that was activated
};
inline constexpr WorkKind kWorkKinds[] = {WorkKind::kBoundary, WorkKind::kRoles, WorkKind::kRetention,
                                          WorkKind::kCatalog};

// Something to do once, however often it is asked for: one piece of work per kind and key.
struct WorkItem {
  WorkKind kind = WorkKind::kBoundary;
  std::string key;
  TenantId tenant;  // empty: concerns nobody in particular
  Instant due{};    // not before; on the clock that the kind goes by; Instant{}: at once, whatever that clock says
};

struct WorkRow {
  std::int64_t id = 0;  // never given to another row
  WorkKind kind = WorkKind::kBoundary;
  std::string key;
  TenantId tenant;
  std::int64_t wanted = 0;  // how often it was asked for
  Instant due{};
  std::optional<Instant> lease_until;  // somebody holds it until then; on the machine's clock
  std::int64_t fence = 0;              // how often it was claimed: names the holder
  std::int64_t attempts = 0;           // how often it was claimed since it last went well
  std::string last_error;              // of the last attempt that failed; empty when none did since it last went well
  bool dead = false;                   // given up: nobody claims it until it is redriven or asked for anew
  Instant created_at{};

  friend bool operator==(const WorkRow&, const WorkRow&) = default;
};

// What a worker asks for.
struct WorkClaim {
  std::vector<WorkKind> kinds;
  Instant due_by{};       // rows that are due by then
  Instant now{};          // leases that end by then are over; on the machine's clock
  Instant lease_until{};  // how long the claimed rows are held; on the machine's clock
  std::size_t limit = 1;
};

// A claimed row as its holder names it. It ends with its lease: whoever comes later than that must not settle the row,
// because somebody else may have begun.
struct WorkHold {
  std::int64_t id = 0;
  std::int64_t fence = 0;
  std::int64_t wanted = 0;  // when it was claimed
  Instant due{};            // the same
  Instant now{};            // on the machine's clock
};

// The hold on `row`, which is as ClaimWork returned it.
inline WorkHold HoldOf(const WorkRow& row, Instant now) {
  return {.id = row.id, .fence = row.fence, .wanted = row.wanted, .due = row.due, .now = now};
}

// Where a row stands in the list of work: dead letters first, then by `due`, then by id.
struct WorkPosition {
  bool dead = true;
  Instant due = kBeginning;
  std::int64_t id = 0;
};

struct WorkFilter {
  std::optional<WorkKind> kind;
  bool dead_only = false;
  WorkPosition after = {};  // only what stands behind this
  std::size_t limit = 50;
};

// The work of one kind that should have been done by now, and what of it was given up.
struct WorkBacklog {
  std::int64_t due = 0;                  // held by somebody or not
  std::optional<Instant> waiting_since;  // the oldest of the same; what is due at once waits since it was first wanted
  std::int64_t dead = 0;
};

struct WorkCounts {
  std::int64_t live = 0;
  std::int64_t dead = 0;
};

// ---- access

// Reads of one consistent state. Destroying it ends the reading. One thread at a time.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // All rows of one event id, oldest first. The second form is for people, who do not know the scope.
  virtual absl::StatusOr<std::vector<EventRow>> FindEvents(const BillingScope& scope, std::string_view id) = 0;
  virtual absl::StatusOr<std::vector<EventRow>> FindEvents(std::string_view provider, std::string_view id) = 0;
  // The last received first, without `raw`.
  virtual absl::StatusOr<std::vector<EventRow>> ListEvents(const EventFilter& filter) = 0;
  virtual absl::StatusOr<EventCounts> CountEvents() = 0;
  // Costs as much as there are parked ones, however many others there are.
  virtual absl::StatusOr<std::int64_t> CountParkedEvents() = 0;
  // Of every scope that has some, sorted by scope.
  virtual absl::StatusOr<std::vector<IgnoredEvents>> CountIgnoredEvents() = 0;
  // The tenants whose ledgers the event changed, sorted.
  virtual absl::StatusOr<std::vector<TenantId>> EventTenants(std::int64_t position) = 0;
  // The events that taught the fact, oldest first, without `raw`.
  virtual absl::StatusOr<std::vector<EventRow>> EventsThatTaught(const Digest& fact) = 0;

  // The facts of one object, in no order.
  virtual absl::StatusOr<std::vector<LedgerFact>> FactsOf(const ObjectRef& object) = 0;
  // The facts of the connected part of the ledger that holds `object`: everything that can matter to it, in no order.
  virtual absl::StatusOr<std::vector<LedgerFact>> ConnectedFacts(const ObjectRef& object) = 0;
  // A tenant's ledger, in the order it was learned; with `as_known_at`, what had been learned by then.
  virtual absl::StatusOr<std::vector<TenantFactRow>> TenantFacts(const TenantId& tenant,
                                                                 std::optional<Instant> as_known_at) = 0;
  // The digests alone, in no order.
  virtual absl::StatusOr<std::vector<Digest>> TenantFactDigests(const TenantId& tenant) = 0;
  // Facts that have joined no tenant's ledger yet.
  virtual absl::StatusOr<std::int64_t> CountWaitingFacts() = 0;

  virtual absl::StatusOr<std::optional<TenantState>> FindTenantState(const TenantId& tenant) = 0;
  // Sorted by tenant, those greater than `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<TenantState>> ListTenantStates(const TenantId& after, std::size_t limit) = 0;
  // At most about `limit` rows; an empty answer whose cursor did not move means that there is nothing new.
  virtual absl::StatusOr<Changes> ReadChanges(const ChangeCursor& after, std::size_t limit) = 0;
  // Ascending, positions greater than `after`.
  virtual absl::StatusOr<std::vector<AuditRow>> ListAudit(std::int64_t after, std::size_t limit) = 0;

  virtual absl::StatusOr<std::optional<CatalogRow>> FindCatalog(const Digest& hash) = 0;
  virtual absl::StatusOr<std::optional<GenerationRow>> LatestGeneration() = 0;
  // The one that was active at `at`.
  virtual absl::StatusOr<std::optional<GenerationRow>> GenerationAt(Instant at) = 0;
  // What `name@version` means since it was first active.
  virtual absl::StatusOr<std::optional<Digest>> FindPublished(std::string_view name_at_version) = 0;

  virtual absl::StatusOr<std::optional<MemberRow>> FindMember(const TenantId& tenant, const UserId& user) = 0;
  // Sorted by user, those greater than `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<MemberRow>> ListMembers(const TenantId& tenant, const UserId& after,
                                                             std::size_t limit) = 0;
  // The same, of those members alone whose home is the tenant.
  virtual absl::StatusOr<std::vector<MemberRow>> ListHomeMembers(const TenantId& tenant, const UserId& after,
                                                                 std::size_t limit) = 0;
  // All memberships of one user, the home first.
  virtual absl::StatusOr<std::vector<MemberRow>> FindMemberships(const UserId& user) = 0;

  virtual absl::StatusOr<std::optional<WorkRow>> FindWork(std::int64_t id) = 0;
  // In the order of WorkPosition. Costs as much as there are dead letters, however much is due later.
  virtual absl::StatusOr<std::vector<WorkRow>> ListWork(const WorkFilter& filter) = 0;
  virtual absl::StatusOr<WorkCounts> CountWork() = 0;
  // What is due by `due_by`. Costs as much as that is, however much is due later.
  virtual absl::StatusOr<WorkBacklog> ReadWorkBacklog(WorkKind kind, Instant due_by) = 0;
  // When the next row of these kinds that is not dead falls due after `after`.
  virtual absl::StatusOr<std::optional<Instant>> NextWorkDue(std::span<const WorkKind> kinds, Instant after) = 0;

  // A small text that the engine keeps under a name of its own; nullopt when it never did.
  virtual absl::StatusOr<std::optional<std::string>> FindMark(std::string_view name) = 0;

  virtual absl::StatusOr<std::optional<KeyRow>> FindKey(std::string_view id) = 0;
  // The oldest first, positions greater than `after`, revoked and expired ones too.
  virtual absl::StatusOr<std::vector<KeyRow>> ListKeys(std::int64_t after, std::size_t limit) = 0;
};

// Reads and writes that happen together or not at all, as if no other transaction ran at the same time. Destroying it
// without Commit undoes everything. After any failure but those of reads only destruction is allowed.
class StoreTransaction : public StoreReader {
 public:
  // Returns the position; `row.position` is not read.
  virtual absl::StatusOr<std::int64_t> InsertEvent(const EventRow& row) = 0;
  // Replaces everything but the position, scope, id and time of receipt of the event at `row.position`.
  virtual absl::Status UpdateEvent(const EventRow& row) = 0;
  // Empties `raw` of events that are not parked and were received before `received_before`, the oldest first, at most
  // `limit` of them. Returns how many.
  virtual absl::StatusOr<std::int64_t> PrunePayloads(Instant received_before, std::size_t limit) = 0;
  // What the event taught, and whom it changed. Repetition is harmless.
  virtual absl::Status AddEventFacts(std::int64_t position, std::span<const Digest> facts) = 0;
  virtual absl::Status AddEventTenants(std::int64_t position, std::span<const TenantId> tenants) = 0;

  // Set union: false when the ledger has the fact already. Adds its edges.
  virtual absl::StatusOr<bool> AddFact(const Fact& fact, Instant learned_at) = 0;
  // Those already in the tenant's ledger keep the version at which they were learned.
  virtual absl::Status JoinLedger(const TenantId& tenant, std::int64_t version, Instant learned_at,
                                  std::span<const Digest> facts) = 0;
  // Inserts or replaces; `created_at` is kept from the first time.
  virtual absl::Status PutTenantState(const TenantState& state) = 0;
  virtual absl::Status AppendChange(const ChangeRow& row) = 0;
  // Chains the record to the last row.
  virtual absl::Status AppendAudit(const AuditRecord& record) = 0;

  virtual absl::Status PutCatalog(const CatalogRow& row) = 0;
  // ABORTED when `row.number` is not one more than the latest.
  virtual absl::Status AppendGeneration(const GenerationRow& row) = 0;
  virtual absl::Status PutPublished(std::string_view name_at_version, const Digest& content) = 0;

  // Inserts or replaces; `created_at` is kept from the first time.
  virtual absl::Status PutMember(const MemberRow& row) = 0;
  // False when there is no such member.
  virtual absl::StatusOr<bool> RemoveMember(const TenantId& tenant, const UserId& user) = 0;

  // Asks for `item`. A row that is there already is wanted once more and falls due at the earlier of both times, except
  // that one which waits after a failure goes on waiting; a dead one lives again, with no attempts behind it.
  virtual absl::Status EnqueueWork(const WorkItem& item, Instant now) = 0;
  // The same, but the row falls due exactly when `item` says: sooner, later, or after a failure.
  virtual absl::Status ScheduleWork(const WorkItem& item, Instant now) = 0;
  // Removes the row, whoever holds it. Harmless when there is none.
  virtual absl::Status CancelWork(WorkKind kind, std::string_view key) = 0;
  // Takes rows that are due and held by nobody, in the order in which they fall due; never a second one of the same
  // tenant and kind while one is held. Returns them as they are held now.
  virtual absl::StatusOr<std::vector<WorkRow>> ClaimWork(const WorkClaim& claim) = 0;

  // The four ways to settle a claimed row. False, and nothing happened, when the hold is over.
  //
  // It went well: the row goes, unless it was asked for again since it was claimed: then it is free for another go,
  // with no attempts behind it.
  virtual absl::StatusOr<bool> FinishWork(const WorkHold& hold) = 0;
  // It failed: free for another attempt, not before `due`, unless it was scheduled meanwhile for a time between.
  virtual absl::StatusOr<bool> RetryWork(const WorkHold& hold, Instant due, std::string_view error) = 0;
  // It was not begun: free as if it had not been claimed.
  virtual absl::StatusOr<bool> ReleaseWork(const WorkHold& hold) = 0;
  // It failed for good: a dead letter, unless it was asked for again since it was claimed: then what failed is not what
  // is wanted now, and it is free for another go, with no attempts behind it.
  virtual absl::StatusOr<bool> BuryWork(const WorkHold& hold, std::string_view error) = 0;

  // For a process that alone serves the store, before it claims anything: nobody holds work of `kind` any more, and a
  // row that waits after a failure until later than `latest` falls due at `now`. So neither a crash nor a clock that
  // was wrong makes work wait. Attempts stay counted.
  virtual absl::Status ReclaimWork(WorkKind kind, Instant now, Instant latest) = 0;

  // Lets a dead letter live again, with no attempts behind it; false when the row is not dead or not there.
  virtual absl::StatusOr<bool> RedriveWork(std::int64_t id) = 0;
  // The earliest time at which what this transaction enqueued, scheduled or redrove of each kind falls due.
  virtual std::map<WorkKind, Instant> EarliestWork() const = 0;

  virtual absl::Status PutMark(std::string_view name, std::string_view text) = 0;

  // `row.position` is not read. INTERNAL when the id or the hash is taken.
  virtual absl::Status InsertKey(const KeyRow& row) = 0;
  // The first time stays when it was revoked before. INTERNAL when there is no such key.
  virtual absl::Status RevokeKey(std::string_view id, Instant at) = 0;

  // Whether anything was written so far: committing nothing reaches no disk.
  virtual bool HasWritten() const = 0;

  // Durable when it returns OK. At most once, and last. UNAVAILABLE may leave it in doubt: repeat, and let the event
  // ids settle it.
  virtual absl::Status Commit() = 0;
};

// A database, open. Any thread may call. An embedded one is open at most once at a time, in whatever process: opening
// it again is FAILED_PRECONDITION, naming the process.
class Store {
 public:
  virtual ~Store() = default;

  // `sqlite`, `postgres`: for people and logs.
  virtual std::string_view Name() const = 0;
  // Names this history: random, fixed at creation, new after a restore, so that foreign tokens are recognised.
  virtual const std::string& Epoch() const = 0;

  // Both wait for a free connection, at most as long as the store was opened with, then answer UNAVAILABLE.
  virtual absl::StatusOr<std::unique_ptr<StoreReader>> Read() = 0;
  virtual absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() = 0;

  // Commits something that says nothing: OK when a commit reaches the disk now. For whoever asks whether a store that
  // failed has recovered.
  virtual absl::Status TryWrite() = 0;
};

}  // namespace usher
