#include "server/storage/sqlite/pool.h"

#include <absl/time/time.h>

#include "catalog/absl_bridge.h"

namespace usher::sqlite {

absl::StatusOr<Pool::Lease> Pool::Take() {
  {
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(absl::Condition(this, &Pool::MayTake), absl::FromChrono(wait_))) {
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
  absl::MutexLock lock(&mutex_);
  idle_.push_back(std::move(connection));
}

void Pool::Lose() {
  absl::MutexLock lock(&mutex_);
  --open_;
}

}  // namespace usher::sqlite
