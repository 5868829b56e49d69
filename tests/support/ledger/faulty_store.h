// A store that fails where a test wants it to.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "server/ports/store.h"

namespace usher {

// Passes everything on to another store, and counts the calls that write, Begin and Commit included. The call with the
// number `fail_at` (from 1) is not passed on and answers `failure`; 0 never fails. Any thread.
class FaultyStore : public Store {
 public:
  explicit FaultyStore(Store& inner) : inner_(inner) {}

  void FailAt(int call, absl::Status failure) {
    failure_ = std::move(failure);
    calls_ = 0;
    fail_at_ = call;
  }
  int calls() const { return calls_; }
  int commits() const { return commits_; }

  std::string_view Name() const override { return inner_.Name(); }
  const std::string& Epoch() const override { return inner_.Epoch(); }
  absl::StatusOr<std::unique_ptr<StoreReader>> Read() override { return inner_.Read(); }
  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override;
  absl::Status TryWrite() override;

  // For its transactions: the failure when it is this call's turn.
  absl::Status Step() { return ++calls_ == fail_at_ ? failure_ : absl::OkStatus(); }
  void Committed() { ++commits_; }

 private:
  Store& inner_;
  absl::Status failure_;
  std::atomic<int> calls_{0};
  std::atomic<int> commits_{0};
  std::atomic<int> fail_at_{0};
};

}  // namespace usher
