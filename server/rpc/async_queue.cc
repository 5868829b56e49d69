#include "server/rpc/async_queue.h"

#include <utility>

namespace usher {
namespace {

// More are cut than arrive, so that a flood of calls that nobody reads recedes.
constexpr int kCutsPerArrival = 2;

}  // namespace

bool InFlight::Enter(AsyncArrived& call) {
  const auto now = std::chrono::steady_clock::now();
  const MutexLock lock(mutex_);
  call.since_ = now;
  call.older_ = newest_;
  call.newer_ = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer_) = &call;
  newest_ = &call;
  if (++size_ <= most_) return true;
  // A cut call leaves by itself, soon. The lock keeps it from going while it is being cut.
  AsyncArrived* old = oldest_;
  for (int cut = 0; cut < kCutsPerArrival && old != nullptr && now - old->since_ > unread_; ++cut) {
    old->Cut();
    old->since_ = now;
    // To the end of the row, in case that it takes its time.
    AsyncArrived* next = old->newer_;
    if (next != nullptr) {
      oldest_ = next;
      next->older_ = nullptr;
      old->older_ = newest_;
      old->newer_ = nullptr;
      newest_->newer_ = old;
      newest_ = old;
    }
    old = next;
  }
  return false;
}

void InFlight::Leave(AsyncArrived& call) {
  const MutexLock lock(mutex_);
  (call.older_ == nullptr ? oldest_ : call.older_->newer_) = call.newer_;
  (call.newer_ == nullptr ? newest_ : call.newer_->older_) = call.older_;
  --size_;
}

AsyncQueue::AsyncQueue(grpc::ServerBuilder& builder, const AsyncLimits& limits)
    : limits_(limits),
      queue_(builder.AddCompletionQueue()),
      in_flight_(limits.in_flight, limits.unread),
      pool_(limits.slow_threads, limits.slow_queued) {}

AsyncQueue::~AsyncQueue() { Stop(); }

void AsyncQueue::Start() {
  for (std::size_t i = 0; i < limits_.threads; ++i) {
    threads_.emplace_back([this] {
      void* tag = nullptr;
      bool ok = false;
      while (queue_->Next(&tag, &ok)) static_cast<AsyncTag*>(tag)->Proceed(ok);
    });
  }
}

void AsyncQueue::Stop() {
  if (std::exchange(stopped_, true)) return;
  pool_.Stop();
  queue_->Shutdown();
  for (std::thread& thread : threads_) thread.join();
  // A queue must be empty before it goes, also when no thread ever read it.
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) static_cast<AsyncTag*>(tag)->Proceed(ok);
}

}  // namespace usher
