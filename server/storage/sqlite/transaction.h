// The writes of the storage contract over the one writing connection.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "server/ports/store.h"
#include "server/storage/sqlite/reader.h"

namespace usher::sqlite {

class Transaction final : public ReadsOver<StoreTransaction> {
 public:
  using ReadsOver::ReadsOver;

  absl::StatusOr<std::int64_t> InsertEvent(const EventRow& row) override;
  absl::Status UpdateEvent(const EventRow& row) override;
  absl::StatusOr<std::int64_t> PrunePayloads(Instant received_before, std::size_t limit) override;
  absl::Status AddEventFacts(std::int64_t position, std::span<const Digest> facts) override;
  absl::Status AddEventTenants(std::int64_t position, std::span<const TenantId> tenants) override;

  absl::StatusOr<bool> AddFact(const Fact& fact, Instant learned_at) override;
  absl::Status JoinLedger(const TenantId& tenant, std::int64_t version, Instant learned_at,
                          std::span<const Digest> facts) override;
  absl::Status PutTenantState(const TenantState& state) override;
  absl::Status AppendChange(const ChangeRow& row) override;
  absl::Status AppendAudit(const AuditRecord& record) override;

  absl::Status PutCatalog(const CatalogRow& row) override;
  absl::Status AppendGeneration(const GenerationRow& row) override;
  absl::Status PutPublished(std::string_view name_at_version, const Digest& content) override;

  // members.cc
  absl::Status PutMember(const MemberRow& row) override;
  absl::StatusOr<bool> RemoveMember(const TenantId& tenant, const UserId& user) override;

  // work.cc
  absl::Status EnqueueWork(const WorkItem& item, Instant now) override;
  absl::Status ScheduleWork(const WorkItem& item, Instant now) override;
  absl::Status CancelWork(WorkKind kind, std::string_view key) override;
  absl::StatusOr<std::vector<WorkRow>> ClaimWork(const WorkClaim& claim) override;
  absl::StatusOr<bool> FinishWork(const WorkHold& hold) override;
  absl::StatusOr<bool> RetryWork(const WorkHold& hold, Instant due, std::string_view error) override;
  absl::StatusOr<bool> ReleaseWork(const WorkHold& hold) override;
  absl::StatusOr<bool> BuryWork(const WorkHold& hold, std::string_view error) override;
  absl::Status ReclaimWork(WorkKind kind, Instant now, Instant latest) override;
  absl::StatusOr<bool> RedriveWork(std::int64_t id) override;
  std::map<WorkKind, Instant> EarliestWork() const override { return earliest_work_; }
  absl::Status PutMark(std::string_view name, std::string_view text) override;

  absl::Status InsertKey(const KeyRow& row) override;
  absl::Status RevokeKey(std::string_view id, Instant at) override;

  bool HasWritten() const override { return connection().ChangedInAll() != changed_before_; }
  absl::Status Commit() override;

 private:
  // The row of these kinds that is to be claimed next.
  absl::StatusOr<std::optional<WorkRow>> NextClaim(const WorkClaim& claim);
  // Runs one statement that settles a row; whether it found the row.
  template <class... Parameters>
  absl::StatusOr<bool> Settle(std::string_view sql, const Parameters&... parameters);
  void NoteWork(WorkKind kind, Instant due) {
    Instant& earliest = earliest_work_.emplace(kind, due).first->second;
    earliest = std::min(earliest, due);
  }

  // The row of the object, made when it is new.
  absl::StatusOr<std::int64_t> ObjectRow(const ObjectRef& object);
  absl::Status AddEdge(std::int64_t object, std::int64_t other);

  std::map<WorkKind, Instant> earliest_work_;
  const std::int64_t changed_before_ = connection().ChangedInAll();
};

}  // namespace usher::sqlite
