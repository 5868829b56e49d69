// The writes of the storage contract over the one writing connection.
#pragma once

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

  absl::Status Commit() override;

 private:
  // The row of the object, made when it is new.
  absl::StatusOr<std::int64_t> ObjectRow(const ObjectRef& object);
  absl::Status AddEdge(std::int64_t object, std::int64_t other);
};

}  // namespace usher::sqlite
