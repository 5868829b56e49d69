// The work table as the contract tests of it use it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/contract/store_contract.h"

namespace usher {

inline WorkItem Boundary(const std::string& tenant, Instant due = kJanuary) {
  return {.kind = WorkKind::kBoundary, .key = tenant, .tenant = TenantId(tenant), .due = due};
}

inline std::vector<std::string> Keys(const std::vector<WorkRow>& rows) {
  std::vector<std::string> keys;
  for (const WorkRow& row : rows) keys.push_back(row.key);
  return keys;
}

inline WorkHold HoldOf(const WorkRow& row) { return HoldOf(row, kJanuary); }

class WorkContract : public StoreContract {
 protected:
  static constexpr std::chrono::seconds kLease{60};

  void Enqueue(const WorkItem& item) {
    Write([&](StoreTransaction& transaction) { Must(transaction.EnqueueWork(item, kJanuary)); });
  }

  // Claims, with the machine's clock and that of the work at `now`.
  std::vector<WorkRow> Claim(Instant now = kJanuary, std::size_t limit = 100,
                             std::vector<WorkKind> kinds = {WorkKind::kBoundary}) {
    std::vector<WorkRow> rows;
    Write([&](StoreTransaction& transaction) {
      rows = Must(transaction.ClaimWork(
          {.kinds = kinds, .due_by = now, .now = now, .lease_until = now + kLease, .limit = limit}));
    });
    return rows;
  }

  // Whether the settling took.
  bool Settled(const std::function<absl::StatusOr<bool>(StoreTransaction&)>& settle) {
    bool settled = false;
    Write([&](StoreTransaction& transaction) { settled = Must(settle(transaction)); });
    return settled;
  }
  bool Finish(const WorkHold& hold) {
    return Settled([&](StoreTransaction& transaction) { return transaction.FinishWork(hold); });
  }
  bool Retry(const WorkHold& hold, Instant due, const std::string& error = "it is down") {
    return Settled([&](StoreTransaction& transaction) { return transaction.RetryWork(hold, due, error); });
  }
  bool Release(const WorkHold& hold) {
    return Settled([&](StoreTransaction& transaction) { return transaction.ReleaseWork(hold); });
  }
  bool Bury(const WorkHold& hold) {
    return Settled([&](StoreTransaction& transaction) { return transaction.BuryWork(hold, "it is gone"); });
  }

  std::vector<WorkRow> All() {
    return Must(Read()->ListWork({.kind = {}, .dead_only = false, .after = {}, .limit = 99}));
  }
  WorkRow Only() {
    const std::vector<WorkRow> rows = All();
    EXPECT_EQ(rows.size(), 1u);
    return rows.empty() ? WorkRow() : rows.front();
  }
};

}  // namespace usher
