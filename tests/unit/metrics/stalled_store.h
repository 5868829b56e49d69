// A store whose reads stand still until they are let go. Test code only.
#pragma once

#include <memory>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"
#include "server/ports/store.h"

namespace usher {

class StalledStore : public Store {
 public:
  explicit StalledStore(Store& inner) : inner_(inner) {}

  void Stall() {
    const MutexLock lock(mutex_);
    stalled_ = true;
  }
  void LetGo() {
    const MutexLock lock(mutex_);
    stalled_ = false;
    let_go_.NotifyAll();
  }
  int reads() const {
    const MutexLock lock(mutex_);
    return reads_;
  }

  std::string_view Name() const override { return inner_.Name(); }
  const std::string& Epoch() const override { return inner_.Epoch(); }
  absl::StatusOr<std::unique_ptr<StoreReader>> Read() override {
    {
      const MutexLock lock(mutex_);
      ++reads_;
      let_go_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !stalled_; });
    }
    return inner_.Read();
  }
  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override { return inner_.Begin(); }
  absl::Status TryWrite() override { return inner_.TryWrite(); }

 private:
  Store& inner_;
  Condition let_go_;
  mutable Mutex mutex_;
  bool stalled_ ABSL_GUARDED_BY(mutex_) = false;
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace usher
