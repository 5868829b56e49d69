// A bounded pool of threads for work that may wait for the store.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"

namespace usher {

// Runs what is submitted, in order of submission, on a fixed number of threads. Any thread may submit.
class WorkPool {
 public:
  // At most `max_queued` pieces of work wait; more are refused.
  WorkPool(std::size_t threads, std::size_t max_queued);
  // Stops.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // False when the queue is full or the pool stopped: `work` will not run. `work` must not throw.
  bool TrySubmit(std::function<void()> work);

  // Runs what is queued to its end and joins the threads. The second call does nothing.
  void Stop();

 private:
  void Run();

  const std::size_t max_queued_;
  std::vector<std::thread> threads_;  // fixed after construction, joined by Stop

  Condition work_or_stop_;  // self-synchronised

  Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace usher
