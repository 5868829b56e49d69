// How many calls may be worked on at the same time.
#pragma once

#include <atomic>

namespace usher {

// Any thread.
class CallLimit {
 public:
  explicit CallLimit(int most) : most_(most) {}

  // A place among those that are worked on, for as long as it lives; none when all are taken.
  class Place {
   public:
    explicit Place(CallLimit& limit) : limit_(limit), taken_(limit.working_.fetch_add(1) < limit.most_) {}
    ~Place() { limit_.working_.fetch_sub(1); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool taken() const { return taken_; }

   private:
    CallLimit& limit_;
    const bool taken_;
  };

 private:
  const int most_;
  std::atomic<int> working_ = 0;
};

}  // namespace usher
