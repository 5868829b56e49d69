#include "tests/support/child_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/support/kept_logs.h"

namespace usher {
namespace {

constexpr std::chrono::milliseconds kPatience{20'000};

std::string BinaryPath(const std::string& program) {
  const char* folder = std::getenv("USHER_BIN_DIR");
  return std::string(folder == nullptr ? "build/release/bin" : folder) + "/" + program;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const std::map<std::string, std::string>& environment)
    : program_(program) {
  const std::string path = BinaryPath(program);
  std::vector<std::string> argument_texts = {path};
  argument_texts.insert(argument_texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment_texts = {"PATH=/usr/bin:/bin"};
  for (const auto& [name, value] : environment) environment_texts.push_back(name + "=" + value);
  std::vector<char*> argv = Pointers(argument_texts);
  std::vector<char*> envp = Pointers(environment_texts);
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return;
  pid_ = fork();
  if (pid_ == 0) {
    dup2(pipe_ends[1], STDERR_FILENO);
    execve(path.c_str(), argv.data(), envp.data());
    dprintf(STDERR_FILENO, "cannot run %s\n", path.c_str());
    _exit(127);
  }
  close(pipe_ends[1]);
  stderr_ = pipe_ends[0];
  drain_ = std::thread([this] { Drain(); });
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (drain_.joinable()) drain_.join();
  if (stderr_ >= 0) close(stderr_);
}

void ChildProcess::Drain() {
  char chunk[4096];
  for (ssize_t count = 0; (count = read(stderr_, chunk, sizeof(chunk))) > 0;) {
    const MutexLock lock(mutex_);
    errors_.append(chunk, static_cast<std::size_t>(count));
    said_.NotifyAll();
  }
  const MutexLock lock(mutex_);
  KeepLog(program_, errors_);
  ended_ = true;
  said_.NotifyAll();
}

std::optional<std::string> ChildProcess::WaitForLine(std::string_view text) {
  const MutexLock lock(mutex_);
  std::optional<std::string> found;
  const auto found_or_ended = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (std::size_t end = 0; !found && (end = errors_.find('\n', seen_)) != std::string::npos;) {
      std::string line = errors_.substr(seen_, end - seen_);
      seen_ = end + 1;
      if (line.find(text) != std::string::npos) found = std::move(line);
    }
    return found || ended_;
  };
  said_.WaitFor(mutex_, kPatience, found_or_ended);
  return found;
}

std::string ChildProcess::errors() {
  const MutexLock lock(mutex_);
  return errors_;
}

void ChildProcess::Signal(int signal) const {
  // Without a process there is nobody to signal; to kill() a pid of -1 means everybody.
  if (pid_ > 0) kill(pid_, signal);
}

int ChildProcess::WaitForExit() { return std::max(WaitForEnd().value_or(-1), -1); }

std::optional<int> ChildProcess::WaitForEnd() {
  if (pid_ <= 0) return std::nullopt;  // it has been waited for
  {
    const MutexLock lock(mutex_);
    if (!said_.WaitFor(mutex_, kPatience, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_; })) {
      return std::nullopt;
    }
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace usher
