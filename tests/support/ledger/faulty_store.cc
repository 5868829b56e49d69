#include "tests/support/ledger/faulty_store.h"

namespace usher {
namespace {

class FaultyTransaction : public StoreTransaction {
 public:
  FaultyTransaction(FaultyStore& store, std::unique_ptr<StoreTransaction> inner)
      : store_(store), inner_(std::move(inner)) {}

  absl::StatusOr<std::vector<EventRow>> FindEvents(const BillingScope& scope, std::string_view id) override {
    return inner_->FindEvents(scope, id);
  }
  absl::StatusOr<std::vector<EventRow>> FindEvents(std::string_view provider, std::string_view id) override {
    return inner_->FindEvents(provider, id);
  }
  absl::StatusOr<std::vector<EventRow>> ListEvents(const EventFilter& filter) override {
    return inner_->ListEvents(filter);
  }
  absl::StatusOr<EventCounts> CountEvents() override { return inner_->CountEvents(); }
  absl::StatusOr<std::vector<IgnoredEvents>> CountIgnoredEvents() override { return inner_->CountIgnoredEvents(); }
  absl::StatusOr<std::vector<TenantId>> EventTenants(std::int64_t position) override {
    return inner_->EventTenants(position);
  }
  absl::StatusOr<std::vector<EventRow>> EventsThatTaught(const Digest& fact) override {
    return inner_->EventsThatTaught(fact);
  }
  absl::StatusOr<std::vector<LedgerFact>> FactsOf(const ObjectRef& object) override { return inner_->FactsOf(object); }
  absl::StatusOr<std::vector<LedgerFact>> ConnectedFacts(const ObjectRef& object) override {
    return inner_->ConnectedFacts(object);
  }
  absl::StatusOr<std::vector<TenantFactRow>> TenantFacts(const TenantId& tenant,
                                                         std::optional<Instant> as_known_at) override {
    return inner_->TenantFacts(tenant, as_known_at);
  }
  absl::StatusOr<std::vector<Digest>> TenantFactDigests(const TenantId& tenant) override {
    return inner_->TenantFactDigests(tenant);
  }
  absl::StatusOr<std::int64_t> CountWaitingFacts() override { return inner_->CountWaitingFacts(); }
  absl::StatusOr<std::optional<TenantState>> FindTenantState(const TenantId& tenant) override {
    return inner_->FindTenantState(tenant);
  }
  absl::StatusOr<std::vector<TenantState>> ListTenantStates(const TenantId& after, std::size_t limit) override {
    return inner_->ListTenantStates(after, limit);
  }
  absl::StatusOr<Changes> ReadChanges(const ChangeCursor& after, std::size_t limit) override {
    return inner_->ReadChanges(after, limit);
  }
  absl::StatusOr<std::vector<AuditRow>> ListAudit(std::int64_t after, std::size_t limit) override {
    return inner_->ListAudit(after, limit);
  }
  absl::StatusOr<std::optional<CatalogRow>> FindCatalog(const Digest& hash) override {
    return inner_->FindCatalog(hash);
  }
  absl::StatusOr<std::optional<GenerationRow>> LatestGeneration() override { return inner_->LatestGeneration(); }
  absl::StatusOr<std::optional<GenerationRow>> GenerationAt(Instant at) override { return inner_->GenerationAt(at); }
  absl::StatusOr<std::optional<Digest>> FindPublished(std::string_view name_at_version) override {
    return inner_->FindPublished(name_at_version);
  }

  absl::StatusOr<std::int64_t> InsertEvent(const EventRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->InsertEvent(row);
  }
  absl::Status UpdateEvent(const EventRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->UpdateEvent(row);
  }
  absl::Status AddEventFacts(std::int64_t position, std::span<const Digest> facts) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->AddEventFacts(position, facts);
  }
  absl::Status AddEventTenants(std::int64_t position, std::span<const TenantId> tenants) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->AddEventTenants(position, tenants);
  }
  absl::StatusOr<bool> AddFact(const Fact& fact, Instant learned_at) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->AddFact(fact, learned_at);
  }
  absl::Status JoinLedger(const TenantId& tenant, std::int64_t version, Instant learned_at,
                          std::span<const Digest> facts) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->JoinLedger(tenant, version, learned_at, facts);
  }
  absl::Status PutTenantState(const TenantState& state) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->PutTenantState(state);
  }
  absl::Status AppendChange(const ChangeRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->AppendChange(row);
  }
  absl::Status AppendAudit(const AuditRecord& record) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->AppendAudit(record);
  }
  absl::Status PutCatalog(const CatalogRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->PutCatalog(row);
  }
  absl::Status AppendGeneration(const GenerationRow& row) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->AppendGeneration(row);
  }
  absl::Status PutPublished(std::string_view name_at_version, const Digest& content) override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    return inner_->PutPublished(name_at_version, content);
  }
  absl::Status Commit() override {
    const absl::Status step = store_.Step();
    if (!step.ok()) return step;
    absl::Status committed = inner_->Commit();
    if (committed.ok()) store_.Committed();
    return committed;
  }

 private:
  FaultyStore& store_;
  std::unique_ptr<StoreTransaction> inner_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<StoreTransaction>> FaultyStore::Begin() {
  const absl::Status step = Step();
  if (!step.ok()) return step;
  absl::StatusOr<std::unique_ptr<StoreTransaction>> inner = inner_.Begin();
  if (!inner.ok()) return inner.status();
  return std::make_unique<FaultyTransaction>(*this, *std::move(inner));
}

}  // namespace usher
