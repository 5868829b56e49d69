// A store that does not answer for as long as a test wants.
#pragma once

#include <memory>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"
#include "server/ports/store.h"

namespace usher {

// Passes everything on to another store, but while it is stalled Read and Begin do not return. Any thread.
class StalledStore : public Store {
 public:
  explicit StalledStore(Store& inner) : inner_(inner) {}

  void Stall() {
    const MutexLock lock(mutex_);
    stalled_ = true;
  }
  void GoOn() {
    const MutexLock lock(mutex_);
    stalled_ = false;
    went_on_.NotifyAll();
  }
  // How many calls have not returned.
  int held() const {
    const MutexLock lock(mutex_);
    return held_;
  }

  // How many calls there were so far.
  int calls() const {
    const MutexLock lock(mutex_);
    return calls_;
  }

  std::string_view Name() const override { return inner_.Name(); }
  const std::string& Epoch() const override { return inner_.Epoch(); }
  absl::StatusOr<std::unique_ptr<StoreReader>> Read() override {
    Hold();
    return inner_.Read();
  }
  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override {
    Hold();
    return inner_.Begin();
  }
  absl::Status TryWrite() override {
    Hold();
    return inner_.TryWrite();
  }

 private:
  void Hold() {
    const MutexLock lock(mutex_);
    ++calls_;
    ++held_;
    went_on_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !stalled_; });
    --held_;
  }

  Store& inner_;
  mutable Mutex mutex_;
  Condition went_on_;
  bool stalled_ ABSL_GUARDED_BY(mutex_) = false;
  int held_ ABSL_GUARDED_BY(mutex_) = 0;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace usher
