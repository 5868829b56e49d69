#include "server/base/line_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <deque>
#include <utility>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"

namespace usher {
namespace {

constexpr int kPollMillis = 50;
// A pipe that can take something takes so much without blocking.
constexpr std::size_t kChunkBytes = PIPE_BUF;

}  // namespace

struct LineWriter::State {
  State(int descriptor_in, std::function<std::string(std::int64_t)> tell, const LineWriterLimits& limits_in)
      : descriptor(descriptor_in), tell_dropped(std::move(tell)), limits(limits_in) {}

  void Add(std::string line) {
    line += '\n';
    const MutexLock lock(mutex);
    bytes += line.size();
    waiting.push_back(std::move(line));
    while (waiting.size() > limits.lines || (bytes > limits.bytes && waiting.size() > 1)) {
      bytes -= waiting.front().size();
      waiting.pop_front();
      ++unsaid;
      dropped.fetch_add(1, std::memory_order_relaxed);
    }
    busy = true;
    changed.NotifyAll();
  }

  // Everything that is to be written next; empty when the writer is to end.
  std::string Next() {
    const MutexLock lock(mutex);
    busy = !waiting.empty();
    if (waiting.empty()) changed.NotifyAll();  // for Flush
    changed.Wait(mutex, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return stopping || !waiting.empty(); });
    if (waiting.empty()) return "";
    busy = true;
    std::string line = std::move(waiting.front());
    waiting.pop_front();
    bytes -= line.size();
    if (unsaid == 0) return line;
    return tell_dropped(std::exchange(unsaid, 0)) + "\n" + line;
  }

  bool given_up() {
    const MutexLock lock(mutex);
    return hopeless;
  }

  // False when the rest is not wanted any more.
  bool WriteAll(std::string_view text) {
    while (!text.empty()) {
      struct pollfd target{.fd = descriptor, .events = POLLOUT, .revents = 0};
      const int ready = poll(&target, 1, kPollMillis);
      if (given_up()) return false;
      if (ready <= 0) continue;
      const ssize_t written = write(descriptor, text.data(), std::min(text.size(), kChunkBytes));
      if (written > 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR && errno != EAGAIN) {
        return true;  // nobody will ever read it
      }
    }
    return true;
  }

  void Run() {
    while (true) {
      const std::string text = Next();
      if (text.empty() || !WriteAll(text)) break;
    }
    const MutexLock lock(mutex);
    ended = true;
    busy = false;
    changed.NotifyAll();
  }

  const int descriptor;
  const std::function<std::string(std::int64_t)> tell_dropped;
  const LineWriterLimits limits;

  std::atomic<std::int64_t> dropped{0};
  std::atomic<bool> busy{false};  // changed under the mutex

  Mutex mutex;
  Condition changed;
  std::deque<std::string> waiting ABSL_GUARDED_BY(mutex);
  std::size_t bytes ABSL_GUARDED_BY(mutex) = 0;    // of `waiting`
  std::int64_t unsaid ABSL_GUARDED_BY(mutex) = 0;  // dropped, and no line has said so yet
  bool stopping ABSL_GUARDED_BY(mutex) = false;    // end once nothing waits
  bool hopeless ABSL_GUARDED_BY(mutex) = false;    // end at once
  bool ended ABSL_GUARDED_BY(mutex) = false;
};

LineWriter::LineWriter(int descriptor, std::function<std::string(std::int64_t)> tell_dropped,
                       const LineWriterLimits& limits)
    : state_(std::make_shared<State>(descriptor, std::move(tell_dropped), limits)),
      thread_([state = state_] { state->Run(); }) {}

LineWriter::~LineWriter() {
  State& state = *state_;
  bool ended = false;
  {
    const MutexLock lock(state.mutex);
    state.stopping = true;
    state.changed.NotifyAll();
    const auto is_over = [&state]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) { return state.ended; };
    state.changed.WaitFor(state.mutex, state.limits.flush, is_over);
    state.hopeless = true;
    ended = state.changed.WaitFor(state.mutex, std::chrono::milliseconds(4 * kPollMillis), is_over);
  }
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void LineWriter::Write(std::string line) { state_->Add(std::move(line)); }

bool LineWriter::Flush(std::chrono::milliseconds patience) {
  State& state = *state_;
  const MutexLock lock(state.mutex);
  return state.changed.WaitFor(state.mutex, patience, [&state]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
    return state.waiting.empty() && !state.busy;
  });
}

std::int64_t LineWriter::dropped() const { return state_->dropped.load(std::memory_order_relaxed); }

bool LineWriter::busy() const { return state_->busy.load(std::memory_order_relaxed); }

}  // namespace usher
