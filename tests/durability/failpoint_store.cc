#include "tests/durability/failpoint_store.h"

#include "tests/support/ledger/forwarding_transaction.h"

namespace usher {
namespace {

class WatchedTransaction : public ForwardingTransaction {
 public:
  WatchedTransaction(std::unique_ptr<StoreTransaction> inner, const Watch& watch)
      : ForwardingTransaction(std::move(inner)), watch_(watch) {}
  ~WatchedTransaction() override {
    if (committed_) watch_.pass(Failpoint::kAfterPublish);
  }

  absl::StatusOr<std::int64_t> InsertEvent(const EventRow& row) override {
    absl::StatusOr<std::int64_t> position = ForwardingTransaction::InsertEvent(row);
    if (position.ok()) watch_.pass(Failpoint::kAfterEvent);
    return position;
  }

  absl::Status AddEventFacts(std::int64_t position, std::span<const Digest> facts) override {
    absl::Status added = ForwardingTransaction::AddEventFacts(position, facts);
    if (added.ok()) watch_.pass(Failpoint::kAfterFacts);
    return added;
  }

  absl::Status Commit() override {
    watch_.pass(Failpoint::kBeforeCommit);
    if (watch_.forgets()) return absl::OkStatus();
    absl::Status committed = ForwardingTransaction::Commit();
    committed_ = committed.ok();
    if (committed_) watch_.pass(Failpoint::kAfterCommit);
    return committed;
  }

 private:
  const Watch& watch_;
  bool committed_ = false;
};

}  // namespace

std::optional<Failpoint> FailpointNamed(std::string_view name) {
  for (const auto& [known, failpoint] : kFailpoints) {
    if (known == name) return failpoint;
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<StoreTransaction>> FailpointStore::Begin() {
  absl::StatusOr<std::unique_ptr<StoreTransaction>> inner = inner_->Begin();
  if (!inner.ok()) return inner.status();
  watch_.pass(Failpoint::kAfterBegin);
  return std::make_unique<WatchedTransaction>(*std::move(inner), watch_);
}

}  // namespace usher
