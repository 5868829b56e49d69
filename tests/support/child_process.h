// A program of ours, run as a user would run it. Test code only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  void Signal(int signal) const;

  // The exit code; -1 when it was killed by a signal or did not end within 20 seconds. Collects the rest of the errors.
  int WaitForExit();

  // Everything that came so far.
  const std::string& errors() const { return errors_; }

 private:
  bool ReadErrors(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = -1;
  int stderr_ = -1;
  std::string errors_;
  std::size_t seen_ = 0;  // of errors_, by WaitForLine
};

}  // namespace usher
