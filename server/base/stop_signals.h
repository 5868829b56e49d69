// SIGTERM, SIGINT and SIGHUP: the first one asks the process to stop, the next one ends it.
#pragma once

#include <chrono>
#include <optional>
#include <thread>

#include <absl/base/thread_annotations.h>

#include "server/base/log.h"
#include "server/base/mutex.h"

namespace usher {

// Before any thread is started: SIGTERM, SIGINT and SIGHUP, which a terminal sends when it closes, wait for
// StopSignals. A SIGHUP that the process was started to ignore, as with nohup, stays ignored. A closed socket is no
// signal, and neither is a limit on the size of files, which is a full disk to the store.
void HoldSignals();

// Takes the signals that HoldSignals holds. One in a process.
class StopSignals {
 public:
  // `log` outlives it.
  explicit StopSignals(const Log* log);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Blocks until the first signal came, perhaps before the call. From then on another one ends the process at once,
  // with a line in the log and the exit code 128 + its number.
  void Wait();

  // Ends the process with a line in the log and exit code 1 when it still runs after `patience`.
  void GiveUpAfter(std::chrono::milliseconds patience);

 private:
  void Run();
  void Take(int signal);
  bool IsOver();

  const Log& log_;
  Condition asked_;  // self-synchronised
  Mutex mutex_;
  bool stop_asked_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<std::chrono::steady_clock::time_point> give_up_at_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace usher
