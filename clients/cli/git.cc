#include "clients/cli/git.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "catalog/absl_bridge.h"

extern char** environ;

namespace usher {
namespace {

constexpr std::size_t kMostErrorBytes = 4096;

// Both ends close when git is started by somebody else, and when this goes.
class Pipe {
 public:
  Pipe() { opened_ = pipe2(ends_.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    Close(0);
    Close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool opened() const { return opened_; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void CloseReader() { Close(0); }
  void CloseWriter() { Close(1); }

 private:
  void Close(std::size_t end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }

  std::array<int, 2> ends_ = {-1, -1};
  bool opened_ = false;
};

// Reads what there is, and keeps it as long as `text` has fewer than `most` bytes. False at the end.
bool Take(int from, std::string& text, std::size_t most) {
  std::array<char, 16 * 1024> bytes;
  const ssize_t count = read(from, bytes.data(), bytes.size());
  if (count < 0) return errno == EINTR;
  text.append(bytes.data(), std::min(static_cast<std::size_t>(count), most - text.size()));
  return count > 0;
}

// Reads both until they end: git would stand still in front of a full pipe that nobody reads. A long output is stopped,
// a long error is not: git may succeed after it.
void ReadBoth(Pipe& out, Pipe& err, GitResult& result, std::size_t most_bytes) {
  while (out.reader() >= 0 || err.reader() >= 0) {
    std::array<pollfd, 2> waits = {pollfd{.fd = out.reader(), .events = POLLIN, .revents = 0},
                                   pollfd{.fd = err.reader(), .events = POLLIN, .revents = 0}};
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[0].revents != 0) {
      const bool goes_on = Take(out.reader(), result.out, most_bytes + 1);
      if (!goes_on || result.out.size() > most_bytes) out.CloseReader();
    }
    if (waits[1].revents != 0 && !Take(err.reader(), result.err, kMostErrorBytes)) err.CloseReader();
  }
}

}  // namespace

absl::StatusOr<GitResult> RunGit(const std::vector<std::string>& arguments, std::size_t most_bytes) {
  std::vector<std::string> words = {"git"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  Pipe out;
  Pipe err;
  if (!out.opened() || !err.opened()) return FailedPrecondition("cannot open a pipe for git");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writer(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.writer(), STDERR_FILENO);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, "git", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  out.CloseWriter();
  err.CloseWriter();
  if (failed != 0) {
    return FailedPrecondition(std::string("cannot run git (") + std::strerror(failed) +
                              "): install it, or write the older file to disk and name that");
  }
  GitResult result;
  ReadBoth(out, err, result, most_bytes);
  out.CloseReader();
  err.CloseReader();
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace usher
