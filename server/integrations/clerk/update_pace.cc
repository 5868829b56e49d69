#include "server/integrations/clerk/update_pace.h"

namespace usher::clerk {

bool UpdatePace::TryBegin(const UserId& user, Time now) {
  Forget(now);
  Recent& recent = users_[user];
  if (recent.under_way + recent.ended.size() >= most_) return false;
  ++recent.under_way;
  return true;
}

void UpdatePace::End(const UserId& user, Time now) {
  Recent& recent = users_[user];
  --recent.under_way;
  recent.ended.push_back(now);
  ended_.emplace_back(now, user);
}

UpdatePace::Time UpdatePace::RoomAt(const UserId& user) const {
  const auto found = users_.find(user);
  if (found == users_.end() || found->second.ended.empty()) return Time::max();
  return found->second.ended.front() + window_;
}

void UpdatePace::Forget(Time now) {
  for (; !ended_.empty() && ended_.front().first + window_ <= now; ended_.pop_front()) {
    const auto found = users_.find(ended_.front().second);
    found->second.ended.pop_front();
    if (found->second.ended.empty() && found->second.under_way == 0) users_.erase(found);
  }
}

}  // namespace usher::clerk
