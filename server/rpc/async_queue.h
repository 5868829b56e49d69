// The completion queue for calls that are answered from memory, and what bounds them.
//
// gRPC's own threads for the synchronous API cost a switch of threads for every call, and its callback API stalls after
// idle gaps. So the few methods that are called all the time are served here: a handful of threads take what has
// arrived from one queue and answer it where they stand. They never wait: a call that has to is moved to a pool, where
// a store that does not answer holds up nobody else.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <grpcpp/grpcpp.h>

#include "server/base/mutex.h"
#include "server/base/work_pool.h"

namespace usher {

struct AsyncLimits {
  std::size_t threads = 2;
  // Calls of each method that may arrive at the same moment without waiting for a thread to make room.
  std::size_t waiting_calls = 128;
  // Calls that have arrived and whose answers have not been taken by their clients. About 10 KiB each.
  std::size_t in_flight = 16 * 1024;
  // At that limit a call whose client has not taken its answer for so long is cut to make room.
  std::chrono::milliseconds unread{100};
  // Calls that have to wait: so many at the same time, and so many more until one of those is done.
  std::size_t slow_threads = 16;
  std::size_t slow_queued = 256;
};

// What a completion queue gives back.
class AsyncTag {
 public:
  virtual ~AsyncTag() = default;
  virtual void Proceed(bool ok) = 0;
};

// A call that has arrived, as the bound on them sees it.
class AsyncArrived {
 public:
  virtual ~AsyncArrived() = default;
  // Ends the call whatever its client does. Any thread, while the call is within InFlight.
  virtual void Cut() = 0;

 private:
  friend class InFlight;
  AsyncArrived* older_ = nullptr;
  AsyncArrived* newer_ = nullptr;
  std::chrono::steady_clock::time_point since_;
};

// The calls that have arrived and are not done, oldest first. Any thread.
class InFlight {
 public:
  InFlight(std::size_t most, std::chrono::milliseconds unread) : most_(most), unread_(unread) {}

  // False when there are too many. At the limit it cuts calls whose answers nobody has taken for long. The call is
  // within in either case, until it leaves.
  bool Enter(AsyncArrived& call);
  void Leave(AsyncArrived& call);

 private:
  const std::size_t most_;
  const std::chrono::milliseconds unread_;

  Mutex mutex_;
  std::size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  AsyncArrived* oldest_ ABSL_GUARDED_BY(mutex_) = nullptr;
  AsyncArrived* newest_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

// Order of life: made before the server is built, Start once it runs, the server is shut down, Stop. The server's
// shutdown ends when no call is left, so nothing is asked of the queue after it.
class AsyncQueue {
 public:
  AsyncQueue(grpc::ServerBuilder& builder, const AsyncLimits& limits);
  ~AsyncQueue();
  AsyncQueue(const AsyncQueue&) = delete;
  AsyncQueue& operator=(const AsyncQueue&) = delete;

  void Start();
  // Only when the server has been shut down. The second call does nothing.
  void Stop();

  const AsyncLimits& limits() const { return limits_; }
  grpc::ServerCompletionQueue* queue() { return queue_.get(); }
  InFlight& in_flight() { return in_flight_; }
  WorkPool& pool() { return pool_; }

 private:
  const AsyncLimits limits_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  InFlight in_flight_;  // self-synchronised
  WorkPool pool_;       // self-synchronised
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

}  // namespace usher
