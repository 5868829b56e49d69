#include "tests/support/ledger/faulty_store.h"

#include "tests/support/ledger/forwarding_transaction.h"

namespace usher {
namespace {

class FaultyTransaction : public ForwardingTransaction {
 public:
  FaultyTransaction(FaultyStore& store, std::unique_ptr<StoreTransaction> inner)
      : ForwardingTransaction(std::move(inner)), store_(store) {}

  absl::StatusOr<std::int64_t> InsertEvent(const EventRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::InsertEvent(row);
  }
  absl::Status UpdateEvent(const EventRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::UpdateEvent(row);
  }
  absl::Status AddEventFacts(std::int64_t position, std::span<const Digest> facts) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::AddEventFacts(position, facts);
  }
  absl::Status AddEventTenants(std::int64_t position, std::span<const TenantId> tenants) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::AddEventTenants(position, tenants);
  }
  absl::StatusOr<bool> AddFact(const Fact& fact, Instant learned_at) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::AddFact(fact, learned_at);
  }
  absl::Status JoinLedger(const TenantId& tenant, std::int64_t version, Instant learned_at,
                          std::span<const Digest> facts) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::JoinLedger(tenant, version, learned_at, facts);
  }
  absl::Status PutTenantState(const TenantState& state) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::PutTenantState(state);
  }
  absl::Status AppendChange(const ChangeRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::AppendChange(row);
  }
  absl::Status AppendAudit(const AuditRecord& record) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::AppendAudit(record);
  }
  absl::Status PutCatalog(const CatalogRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::PutCatalog(row);
  }
  absl::Status AppendGeneration(const GenerationRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::AppendGeneration(row);
  }
  absl::Status PutPublished(std::string_view name_at_version, const Digest& content) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::PutPublished(name_at_version, content);
  }
  absl::StatusOr<std::int64_t> PrunePayloads(Instant received_before, std::size_t limit) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::PrunePayloads(received_before, limit);
  }
  absl::Status PutMember(const MemberRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::PutMember(row);
  }
  absl::StatusOr<bool> RemoveMember(const TenantId& tenant, const UserId& user) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::RemoveMember(tenant, user);
  }
  absl::Status EnqueueWork(const WorkItem& item, Instant now) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::EnqueueWork(item, now);
  }
  absl::Status ScheduleWork(const WorkItem& item, Instant now) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::ScheduleWork(item, now);
  }
  absl::Status CancelWork(WorkKind kind, std::string_view key) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::CancelWork(kind, key);
  }
  absl::StatusOr<std::vector<WorkRow>> ClaimWork(const WorkClaim& claim) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::ClaimWork(claim);
  }
  absl::StatusOr<bool> FinishWork(const WorkHold& hold) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::FinishWork(hold);
  }
  absl::StatusOr<bool> RetryWork(const WorkHold& hold, Instant due, std::string_view error) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::RetryWork(hold, due, error);
  }
  absl::StatusOr<bool> ReleaseWork(const WorkHold& hold) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::ReleaseWork(hold);
  }
  absl::StatusOr<bool> BuryWork(const WorkHold& hold, std::string_view error) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::BuryWork(hold, error);
  }
  absl::Status ReclaimWork(WorkKind kind, Instant now, Instant latest) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::ReclaimWork(kind, now, latest);
  }
  absl::StatusOr<bool> RedriveWork(std::int64_t id) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::RedriveWork(id);
  }
  absl::Status PutMark(std::string_view name, std::string_view text) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::PutMark(name, text);
  }
  absl::Status InsertKey(const KeyRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::InsertKey(row);
  }
  absl::Status RevokeKey(std::string_view id, Instant at) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return ForwardingTransaction::RevokeKey(id, at);
  }
  absl::Status Commit() override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    absl::Status committed = ForwardingTransaction::Commit();
    if (committed.ok()) store_.Committed();
    return committed;
  }

 private:
  FaultyStore& store_;
};

}  // namespace

absl::Status FaultyStore::TryWrite() {
  const absl::Status step = Step();
  return step.ok() ? inner_.TryWrite() : step;
}

absl::StatusOr<std::unique_ptr<StoreTransaction>> FaultyStore::Begin() {
  const absl::Status step = Step();
  if (!step.ok()) return step;
  absl::StatusOr<std::unique_ptr<StoreTransaction>> inner = inner_.Begin();
  if (!inner.ok()) return inner.status();
  return std::make_unique<FaultyTransaction>(*this, *std::move(inner));
}

}  // namespace usher
