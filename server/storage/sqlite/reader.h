// The reads of the storage contract over one leased connection.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

#include "server/ports/store.h"
#include "server/storage/sqlite/pool.h"

namespace usher::sqlite {

// Base is StoreReader or StoreTransaction: both read the same way. The connection is inside a transaction; whatever is
// not committed is rolled back at the end.
template <class Base>
class ReadsOver : public Base {
 public:
  explicit ReadsOver(Pool::Lease lease) : lease_(std::move(lease)) {}
  ~ReadsOver() override;
  ReadsOver(const ReadsOver&) = delete;
  ReadsOver& operator=(const ReadsOver&) = delete;

  absl::StatusOr<std::vector<EventRow>> FindEvents(const BillingScope& scope, std::string_view id) override;
  absl::StatusOr<std::vector<EventRow>> FindEvents(std::string_view provider, std::string_view id) override;
  absl::StatusOr<std::vector<EventRow>> ListEvents(const EventFilter& filter) override;
  absl::StatusOr<EventCounts> CountEvents() override;
  absl::StatusOr<std::int64_t> CountParkedEvents() override;
  absl::StatusOr<std::vector<IgnoredEvents>> CountIgnoredEvents() override;
  absl::StatusOr<std::vector<TenantId>> EventTenants(std::int64_t position) override;
  absl::StatusOr<std::vector<EventRow>> EventsThatTaught(const Digest& fact) override;

  absl::StatusOr<std::vector<LedgerFact>> FactsOf(const ObjectRef& object) override;
  absl::StatusOr<std::vector<LedgerFact>> ConnectedFacts(const ObjectRef& object) override;
  absl::StatusOr<std::vector<TenantFactRow>> TenantFacts(const TenantId& tenant,
                                                         std::optional<Instant> as_known_at) override;
  absl::StatusOr<std::vector<Digest>> TenantFactDigests(const TenantId& tenant) override;
  absl::StatusOr<std::int64_t> CountWaitingFacts() override;

  absl::StatusOr<std::optional<TenantState>> FindTenantState(const TenantId& tenant) override;
  absl::StatusOr<std::vector<TenantState>> ListTenantStates(const TenantId& after, std::size_t limit) override;
  absl::StatusOr<Changes> ReadChanges(const ChangeCursor& after, std::size_t limit) override;
  absl::StatusOr<std::vector<AuditRow>> ListAudit(std::int64_t after, std::size_t limit) override;

  absl::StatusOr<std::optional<CatalogRow>> FindCatalog(const Digest& hash) override;
  absl::StatusOr<std::optional<GenerationRow>> LatestGeneration() override;
  absl::StatusOr<std::optional<GenerationRow>> GenerationAt(Instant at) override;
  absl::StatusOr<std::optional<Digest>> FindPublished(std::string_view name_at_version) override;

  // members_reader.cc
  absl::StatusOr<std::optional<MemberRow>> FindMember(const TenantId& tenant, const UserId& user) override;
  absl::StatusOr<std::vector<MemberRow>> ListMembers(const TenantId& tenant, const UserId& after,
                                                     std::size_t limit) override;
  absl::StatusOr<std::vector<MemberRow>> ListHomeMembers(const TenantId& tenant, const UserId& after,
                                                         std::size_t limit) override;
  absl::StatusOr<std::vector<MemberRow>> FindMemberships(const UserId& user) override;

  // work_reader.cc
  absl::StatusOr<std::optional<WorkRow>> FindWork(std::int64_t id) override;
  absl::StatusOr<std::vector<WorkRow>> ListWork(const WorkFilter& filter) override;
  absl::StatusOr<WorkCounts> CountWork() override;
  absl::StatusOr<WorkBacklog> ReadWorkBacklog(WorkKind kind, Instant due_by) override;
  absl::StatusOr<std::optional<Instant>> NextWorkDue(std::span<const WorkKind> kinds, Instant after) override;
  absl::StatusOr<std::optional<std::string>> FindMark(std::string_view name) override;

  absl::StatusOr<std::optional<KeyRow>> FindKey(std::string_view id) override;
  absl::StatusOr<std::vector<KeyRow>> ListKeys(std::int64_t after, std::size_t limit) override;

 protected:
  Connection& connection() const { return *lease_; }
  void set_ended() { ended_ = true; }

 private:
  Pool::Lease lease_;
  bool ended_ = false;
};

using Reader = ReadsOver<StoreReader>;

}  // namespace usher::sqlite
