// Two workers, drawn steps in drawn order: the store's work table answers as a naive model does, which also counts what
// must never happen.
#include <algorithm>
#include <random>
#include <set>
#include <tuple>
#include <utility>

#include "tests/contract/store_contract.h"
#include "tests/support/property.h"

namespace usher {
namespace {

// The work table as it is described, in a list.
class Model {
 public:
  WorkRow* Find(const WorkItem& item) {
    const auto found =
        std::ranges::find_if(rows, [&](const WorkRow& row) { return row.kind == item.kind && row.key == item.key; });
    return found == rows.end() ? nullptr : &*found;
  }

  // `fresh_id` names the row when there is none yet.
  void Ask(const WorkItem& item, Instant now, bool exactly, std::int64_t fresh_id) {
    WorkRow* const found = Find(item);
    if (found == nullptr) {
      rows.push_back({.id = fresh_id,
                      .kind = item.kind,
                      .key = item.key,
                      .tenant = item.tenant,
                      .wanted = 1,
                      .due = item.due,
                      .lease_until = std::nullopt,
                      .fence = 0,
                      .attempts = 0,
                      .last_error = "",
                      .dead = false,
                      .created_at = now});
      return;
    }
    WorkRow& row = *found;
    const bool free = !row.lease_until;
    ++row.wanted;
    if (exactly || row.dead) {
      row.due = item.due;
      if (free) row.attempts = 0;
      if (free) row.last_error = "";
    } else if (row.attempts == 0 || !free) {
      row.due = std::min(row.due, item.due);
    }
    row.dead = false;
  }

  std::vector<WorkRow> Claim(const WorkClaim& claim) {
    std::vector<WorkRow*> order;
    for (WorkRow& row : rows) order.push_back(&row);
    std::ranges::stable_sort(order, {}, [](const WorkRow* row) { return std::pair(row->due, row->id); });
    std::vector<WorkRow> claimed;
    for (WorkRow* row : order) {
      const bool wanted_kind = std::ranges::count(claim.kinds, row->kind) > 0;
      if (claimed.size() == claim.limit || !wanted_kind || row->dead || row->due > claim.due_by) continue;
      const bool tenant_held = std::ranges::any_of(rows, [&](const WorkRow& other) {
        return other.kind == row->kind && other.tenant == row->tenant && other.lease_until > claim.now;
      });
      if (tenant_held) continue;
      ++row->fence;
      ++row->attempts;
      row->lease_until = claim.lease_until;
      claimed.push_back(*row);
    }
    return claimed;
  }

  // The row that the hold still holds, null when it is over.
  WorkRow* Held(const WorkHold& hold) {
    const auto found = std::ranges::find_if(rows, [&](const WorkRow& row) {
      return row.id == hold.id && row.fence == hold.fence && row.lease_until > hold.now;
    });
    return found == rows.end() ? nullptr : &*found;
  }
  void Remove(std::int64_t id) {
    std::erase_if(rows, [&](const WorkRow& row) { return row.id == id; });
  }

  std::vector<WorkRow> rows;  // ascending ids
};

// One run of two workers against a store and the model.
class Interleaving {
 public:
  Interleaving(StoreTransaction& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void Step() {
    now_ += Millis(Draw(4) * 10);
    switch (Draw(8)) {
      case 0:
      case 1: Ask(); break;
      case 2:
      case 3: Claim(); break;
      case 4:
      case 5:
      case 6: SettleSomething(); break;
      case 7: Operate(); break;
    }
    Compare();
  }

 private:
  int Draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  WorkKind DrawKind() { return Draw(3) == 0 ? WorkKind::kCatalog : WorkKind::kBoundary; }

  void Ask() {
    const int key = Draw(5);
    const WorkItem item{.kind = DrawKind(),
                        .key = "k" + std::to_string(key),
                        .tenant = TenantId("t" + std::to_string(key % 3)),
                        .due = now_ + Millis((Draw(7) - 3) * 10)};
    const bool exactly = Draw(4) == 0;
    const absl::Status asked = exactly ? store_.ScheduleWork(item, now_) : store_.EnqueueWork(item, now_);
    RC_ASSERT(asked.ok());
    const std::int64_t last = Rows().back().id;
    if (model_.Find(item) == nullptr) RC_ASSERT(last > std::exchange(last_id_, last));  // never one that was used
    model_.Ask(item, now_, exactly, last);
  }

  void Claim() {
    const WorkClaim claim{
        .kinds = Draw(2) == 0 ? std::vector{WorkKind::kBoundary} : std::vector{WorkKind::kBoundary, WorkKind::kCatalog},
        .due_by = now_ + Millis(Draw(3) * 10),
        .now = now_,
        .lease_until = now_ + Millis(10 + Draw(8) * 10),
        .limit = static_cast<std::size_t>(1 + Draw(3))};
    const std::vector<WorkRow> claimed = Must(store_.ClaimWork(claim));
    RC_ASSERT((claimed == model_.Claim(claim)));
    std::vector<WorkRow>& mine = held_[static_cast<std::size_t>(Draw(2))];
    mine.insert(mine.end(), claimed.begin(), claimed.end());
  }

  static void FreeAnew(WorkRow& row) {
    row.attempts = 0;
    row.last_error = "";
    row.lease_until.reset();
  }

  // One of the workers settles something that it claimed, perhaps long ago, perhaps for the second time.
  void SettleSomething() {
    const std::vector<WorkRow>& mine = held_[static_cast<std::size_t>(Draw(2))];
    if (mine.empty()) return;
    const WorkRow& row = mine[static_cast<std::size_t>(Draw(static_cast<int>(mine.size())))];
    const WorkHold hold = HoldOf(row, now_);
    WorkRow* expected = model_.Held(hold);
    absl::StatusOr<bool> settled = false;
    switch (Draw(5)) {
      case 0:
      case 1:
        settled = store_.FinishWork(hold);
        if (expected == nullptr) break;
        if (expected->wanted == row.wanted) {
          model_.Remove(row.id);
        } else {
          FreeAnew(*expected);
        }
        break;
      case 2: {
        const Instant due = now_ + Millis(Draw(5) * 10);
        settled = store_.RetryWork(hold, due, "failed");
        if (expected == nullptr) break;
        // What was scheduled meanwhile for a time between is kept.
        expected->due = expected->wanted != row.wanted && expected->due > row.due ? std::min(expected->due, due) : due;
        expected->last_error = "failed";
        expected->lease_until.reset();
        break;
      }
      case 3:
        settled = store_.ReleaseWork(hold);
        if (expected == nullptr) break;
        --expected->attempts;
        expected->lease_until.reset();
        break;
      case 4:
        settled = store_.BuryWork(hold, "gone");
        if (expected == nullptr) break;
        if (expected->wanted != row.wanted) {
          FreeAnew(*expected);
          break;
        }
        expected->dead = true;
        expected->last_error = "gone";
        expected->lease_until.reset();
        break;
    }
    RC_ASSERT(settled.ok());
    RC_ASSERT(*settled == (expected != nullptr));
  }

  void Operate() {
    if (model_.rows.empty()) return;
    WorkRow& row = model_.rows[static_cast<std::size_t>(Draw(static_cast<int>(model_.rows.size())))];
    if (Draw(4) == 0) {
      RC_ASSERT(store_.CancelWork(row.kind, row.key).ok());
      model_.Remove(row.id);
      return;
    }
    RC_ASSERT(Must(store_.RedriveWork(row.id)) == row.dead);
    if (!row.dead) return;
    row.dead = false;
    row.attempts = 0;
    row.last_error = "";
  }

  std::vector<WorkRow> Rows() {
    std::vector<WorkRow> rows = Must(store_.ListWork({.kind = {}, .dead_only = false, .after = {}, .limit = 1000}));
    const auto place = [](const WorkRow& row) { return std::tuple(!row.dead, row.due, row.id); };
    RC_ASSERT(std::ranges::is_sorted(rows, {}, place));
    std::ranges::sort(rows, {}, &WorkRow::id);
    return rows;
  }

  void Compare() {
    const std::vector<WorkRow> rows = Rows();
    RC_ASSERT((rows == model_.rows));
    std::set<std::pair<WorkKind, TenantId>> held;
    for (const WorkRow& row : rows) {
      if (row.lease_until > now_) RC_ASSERT(held.emplace(row.kind, row.tenant).second);
    }
  }

  StoreTransaction& store_;
  std::mt19937_64 random_;
  Instant now_ = kJanuary;
  Model model_;
  std::int64_t last_id_ = 0;
  std::vector<WorkRow> held_[2];
};

class WorkModel : public StoreContract {};

TEST_P(WorkModel, TwoWorkersInAnyOrderAgreeWithAList) {
  constexpr int kSteps = 200;
  CheckProperty([&](std::uint64_t seed) {
    auto transaction = Begin();  // never committed: every case starts with an empty table
    Interleaving run(*transaction, seed);
    for (int step = 0; step < kSteps; ++step) run.Step();
  });
}

INSTANTIATE_TEST_SUITE_P(Engines, WorkModel, testing::ValuesIn(StoreEngines()), testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
