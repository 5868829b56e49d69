// A program of ours, run as a user would run it. Test code only.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"

namespace usher {

// Runs a program of USHER_BIN_DIR with exactly the environment given, besides PATH. Killed when this goes.
class ChildProcess {
 public:
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
               const std::map<std::string, std::string>& environment = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The first line on the standard error stream, from here on, that contains `text`; nullopt when the program ends or
  // says nothing of the kind within 20 seconds.
  std::optional<std::string> WaitForLine(std::string_view text);

  // Does nothing after the program has ended.
  void Signal(int signal) const;

  // The exit code; -1 when it was killed by a signal or did not end within 20 seconds. Collects the rest of the errors.
  int WaitForExit();

  // The same, except that a signal that killed it is told as its negative number; nullopt when it did not end in time.
  std::optional<int> WaitForEnd();

  pid_t pid() const { return pid_; }

  // Everything that came so far.
  std::string errors();

 private:
  void Drain();

  pid_t pid_ = -1;
  const std::string program_;
  int stderr_ = -1;
  std::thread drain_;  // reads all the time: a program that writes into a full pipe would stand still
  Condition said_;     // self-synchronised

  Mutex mutex_;
  std::string errors_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;    // nothing more will come
  std::size_t seen_ ABSL_GUARDED_BY(mutex_) = 0;  // of errors_, by WaitForLine
};

}  // namespace usher
