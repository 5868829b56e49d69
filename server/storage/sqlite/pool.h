// A bounded set of connections to one database.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>

#include "server/base/mutex.h"
#include "server/storage/sqlite/connection.h"

namespace usher::sqlite {

// Any thread may take. Outlives its leases.
class Pool {
 public:
  // A connection for one thread, given back when this goes. Whoever cannot leave it outside a transaction breaks it.
  class Lease {
   public:
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr && connection_ != nullptr) pool_->GiveBack(std::move(connection_));
    }

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    // The connection is closed instead of given back.
    void Break() {
      connection_.reset();
      pool_->Lose();
    }

   private:
    friend class Pool;
    Lease(Pool* pool, std::unique_ptr<Connection> connection) : pool_(pool), connection_(std::move(connection)) {}
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // At most `most` connections at a time, opened when first needed.
  Pool(std::string path, std::size_t most, std::chrono::milliseconds wait)
      : path_(std::move(path)), most_(most), wait_(wait) {}

  // UNAVAILABLE when none becomes free in time.
  absl::StatusOr<Lease> Take();

 private:
  void GiveBack(std::unique_ptr<Connection> connection);
  void Lose();

  const std::string path_;
  const std::size_t most_;
  const std::chrono::milliseconds wait_;

  Mutex mutex_;
  Condition freed_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  std::size_t open_ ABSL_GUARDED_BY(mutex_) = 0;  // idle ones included
};

}  // namespace usher::sqlite
