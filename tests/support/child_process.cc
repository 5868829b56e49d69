#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace usher {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{20};

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
                           const std::map<std::string, std::string>& environment) {
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
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (stderr_ >= 0) close(stderr_);
}

bool ChildProcess::ReadErrors(SteadyClock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
  pollfd wait{.fd = stderr_, .events = POLLIN, .revents = 0};
  if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) != 1) return false;
  char chunk[4096];
  const ssize_t count = read(stderr_, chunk, sizeof(chunk));
  if (count <= 0) return false;
  errors_.append(chunk, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> ChildProcess::WaitForLine(std::string_view text) {
  const auto deadline = SteadyClock::now() + kPatience;
  while (true) {
    for (std::size_t end = errors_.find('\n', seen_); end != std::string::npos; end = errors_.find('\n', seen_)) {
      std::string line = errors_.substr(seen_, end - seen_);
      seen_ = end + 1;
      if (line.find(text) != std::string::npos) return line;
    }
    if (!ReadErrors(deadline)) return std::nullopt;
  }
}

void ChildProcess::Signal(int signal) const { kill(pid_, signal); }

int ChildProcess::WaitForExit() {
  const auto deadline = SteadyClock::now() + kPatience;
  while (ReadErrors(deadline)) {
  }
  if (SteadyClock::now() >= deadline) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace usher
