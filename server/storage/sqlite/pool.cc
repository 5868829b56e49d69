#include "server/storage/sqlite/pool.h"

#include "catalog/absl_bridge.h"

namespace usher::sqlite {

absl::StatusOr<Pool::Lease> Pool::Take() {
  {
    MutexLock lock(mutex_);
    const auto may_take = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !idle_.empty() || open_ < most_; };
    if (!freed_.WaitFor(mutex_, wait_, may_take)) {
      return Unavailable("the database " + path_ + " is busy: all " + std::to_string(most_) +
                         " connections stayed in use for " + std::to_string(wait_.count()) + " ms; try again");
    }
    if (!idle_.empty()) {
      Lease lease(this, std::move(idle_.back()));
      idle_.pop_back();
      return lease;
    }
    ++open_;
  }
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(path_, wait_);
  if (!connection.ok()) {
    Lose();
    return connection.status();
  }
  return Lease(this, *std::move(connection));
}

void Pool::GiveBack(std::unique_ptr<Connection> connection) {
  MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
  freed_.NotifyAll();
}

void Pool::Lose() {
  MutexLock lock(mutex_);
  --open_;
  freed_.NotifyAll();
}

}  // namespace usher::sqlite
