// A mutex and a condition whose use clang can check (design rule: members guarded by a mutex say so).
//
// The standard library's underneath, because thread sanitizer understands those and not abseil's as packaged. Annotate
// members with ABSL_GUARDED_BY(mutex_).
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <absl/base/thread_annotations.h>

namespace usher {

class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Holds the mutex while it lives.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Something that threads wait for. Whoever may have made it true notifies, after changing what the predicate reads
// under the same mutex. Predicates are called with the mutex held.
class Condition {
 public:
  void NotifyAll() { condition_.notify_all(); }

  // Enough when all waiters wait for the same and one of them can use it up.
  void NotifyOne() { condition_.notify_one(); }

  // The analysis cannot see that the predicate runs under the caller's mutex.
  template <class Predicate>
  void Wait(Mutex& mutex, const Predicate& predicate)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock, predicate);
    lock.release();
  }

  // False when the predicate was still false after `timeout`.
  template <class Predicate>
  bool WaitFor(Mutex& mutex, std::chrono::milliseconds timeout, const Predicate& predicate)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool reached = condition_.wait_for(lock, timeout, predicate);
    lock.release();
    return reached;
  }

 private:
  std::condition_variable condition_;
};

}  // namespace usher
