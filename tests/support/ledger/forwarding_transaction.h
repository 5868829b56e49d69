// A store transaction that passes every call on to another, for tests that watch or disturb some of them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/ports/store.h"

namespace usher {

class ForwardingTransaction : public StoreTransaction {
 public:
  explicit ForwardingTransaction(std::unique_ptr<StoreTransaction> inner) : inner_(std::move(inner)) {}

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
  absl::StatusOr<std::int64_t> CountParkedEvents() override { return inner_->CountParkedEvents(); }
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
  absl::StatusOr<std::optional<KeyRow>> FindKey(std::string_view id) override { return inner_->FindKey(id); }
  absl::StatusOr<std::vector<KeyRow>> ListKeys(std::int64_t after, std::size_t limit) override {
    return inner_->ListKeys(after, limit);
  }
  absl::StatusOr<std::optional<MemberRow>> FindMember(const TenantId& tenant, const UserId& user) override {
    return inner_->FindMember(tenant, user);
  }
  absl::StatusOr<std::vector<MemberRow>> ListMembers(const TenantId& tenant, const UserId& after,
                                                     std::size_t limit) override {
    return inner_->ListMembers(tenant, after, limit);
  }
  absl::StatusOr<std::vector<MemberRow>> ListHomeMembers(const TenantId& tenant, const UserId& after,
                                                         std::size_t limit) override {
    return inner_->ListHomeMembers(tenant, after, limit);
  }
  absl::StatusOr<std::vector<MemberRow>> FindMemberships(const UserId& user) override {
    return inner_->FindMemberships(user);
  }
  absl::StatusOr<std::optional<WorkRow>> FindWork(std::int64_t id) override { return inner_->FindWork(id); }
  absl::StatusOr<std::vector<WorkRow>> ListWork(const WorkFilter& filter) override { return inner_->ListWork(filter); }
  absl::StatusOr<WorkCounts> CountWork() override { return inner_->CountWork(); }
  absl::StatusOr<WorkBacklog> ReadWorkBacklog(WorkKind kind, Instant due_by) override {
    return inner_->ReadWorkBacklog(kind, due_by);
  }
  absl::StatusOr<std::optional<Instant>> NextWorkDue(std::span<const WorkKind> kinds, Instant after) override {
    return inner_->NextWorkDue(kinds, after);
  }
  absl::StatusOr<std::optional<std::string>> FindMark(std::string_view name) override { return inner_->FindMark(name); }

  absl::StatusOr<std::int64_t> InsertEvent(const EventRow& row) override { return inner_->InsertEvent(row); }
  absl::Status UpdateEvent(const EventRow& row) override { return inner_->UpdateEvent(row); }
  absl::StatusOr<std::int64_t> PrunePayloads(Instant received_before, std::size_t limit) override {
    return inner_->PrunePayloads(received_before, limit);
  }
  absl::Status AddEventFacts(std::int64_t position, std::span<const Digest> facts) override {
    return inner_->AddEventFacts(position, facts);
  }
  absl::Status AddEventTenants(std::int64_t position, std::span<const TenantId> tenants) override {
    return inner_->AddEventTenants(position, tenants);
  }
  absl::StatusOr<bool> AddFact(const Fact& fact, Instant learned_at) override {
    return inner_->AddFact(fact, learned_at);
  }
  absl::Status JoinLedger(const TenantId& tenant, std::int64_t version, Instant learned_at,
                          std::span<const Digest> facts) override {
    return inner_->JoinLedger(tenant, version, learned_at, facts);
  }
  absl::Status PutTenantState(const TenantState& state) override { return inner_->PutTenantState(state); }
  absl::Status AppendChange(const ChangeRow& row) override { return inner_->AppendChange(row); }
  absl::Status AppendAudit(const AuditRecord& record) override { return inner_->AppendAudit(record); }
  absl::Status PutCatalog(const CatalogRow& row) override { return inner_->PutCatalog(row); }
  absl::Status AppendGeneration(const GenerationRow& row) override { return inner_->AppendGeneration(row); }
  absl::Status PutPublished(std::string_view name_at_version, const Digest& content) override {
    return inner_->PutPublished(name_at_version, content);
  }
  absl::Status PutMember(const MemberRow& row) override { return inner_->PutMember(row); }
  absl::StatusOr<bool> RemoveMember(const TenantId& tenant, const UserId& user) override {
    return inner_->RemoveMember(tenant, user);
  }
  absl::Status EnqueueWork(const WorkItem& item, Instant now) override { return inner_->EnqueueWork(item, now); }
  absl::Status ScheduleWork(const WorkItem& item, Instant now) override { return inner_->ScheduleWork(item, now); }
  absl::Status CancelWork(WorkKind kind, std::string_view key) override { return inner_->CancelWork(kind, key); }
  absl::StatusOr<std::vector<WorkRow>> ClaimWork(const WorkClaim& claim) override { return inner_->ClaimWork(claim); }
  absl::StatusOr<bool> FinishWork(const WorkHold& hold) override { return inner_->FinishWork(hold); }
  absl::StatusOr<bool> RetryWork(const WorkHold& hold, Instant due, std::string_view error) override {
    return inner_->RetryWork(hold, due, error);
  }
  absl::StatusOr<bool> ReleaseWork(const WorkHold& hold) override { return inner_->ReleaseWork(hold); }
  absl::StatusOr<bool> BuryWork(const WorkHold& hold, std::string_view error) override {
    return inner_->BuryWork(hold, error);
  }
  absl::Status ReclaimWork(WorkKind kind, Instant now, Instant latest) override {
    return inner_->ReclaimWork(kind, now, latest);
  }
  absl::StatusOr<bool> RedriveWork(std::int64_t id) override { return inner_->RedriveWork(id); }
  std::map<WorkKind, Instant> EarliestWork() const override { return inner_->EarliestWork(); }
  bool HasWritten() const override { return inner_->HasWritten(); }
  absl::Status PutMark(std::string_view name, std::string_view text) override { return inner_->PutMark(name, text); }
  absl::Status InsertKey(const KeyRow& row) override { return inner_->InsertKey(row); }
  absl::Status RevokeKey(std::string_view id, Instant at) override { return inner_->RevokeKey(id, at); }
  absl::Status Commit() override { return inner_->Commit(); }

 private:
  std::unique_ptr<StoreTransaction> inner_;
};

}  // namespace usher
