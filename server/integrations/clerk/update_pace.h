// How often one user may be updated: at most so many times in any window of so much time.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "catalog/ids.h"

namespace usher::clerk {

// Counts what is under way and what ended within the last window. An update counts from when it began until a window
// after it ended, because Clerk met it somewhere between. Remembers as many updates as ended within a window. Knows no
// clock; one thread at a time.
class UpdatePace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  UpdatePace(std::size_t updates, std::chrono::milliseconds window) : most_(updates), window_(window) {}

  // True when an update of `user` may begin at `now`; then it has begun.
  bool TryBegin(const UserId& user, Time now);

  // An update that had begun has ended.
  void End(const UserId& user, Time now);

  // When the next update of `user` may begin unless others end before; Time::max() when only their end makes room.
  Time RoomAt(const UserId& user) const;

  // Users that it remembers.
  std::size_t size() const { return users_.size(); }

 private:
  struct Recent {
    std::size_t under_way = 0;
    std::deque<Time> ended;
  };

  void Forget(Time now);

  const std::size_t most_;
  const std::chrono::milliseconds window_;
  std::map<UserId, Recent> users_;
  std::deque<std::pair<Time, UserId>> ended_;  // of all users, oldest first
};

}  // namespace usher::clerk
