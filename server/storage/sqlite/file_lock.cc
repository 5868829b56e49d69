#include "server/storage/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "catalog/absl_bridge.h"

namespace usher::sqlite {
namespace {

std::string Words(int error) { return std::generic_category().message(error); }

// A link to a file that is not there yet has no other name than its own, so the file is made before its name is sought.
// Never opened when it is there: closing it would end the locks that SQLite holds on it in this process.
void MakeMissing(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown) || unknown) return;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);  // as SQLite makes it
  if (file >= 0) close(file);
}

// Two names of one database have one lock: links are followed, as SQLite follows them.
std::string LockPath(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, failed);
  return (failed ? path : real.string()) + ".lock";
}

// The process that holds the lock wrote its id, unless the disk was full.
std::string Holder(int file) {
  char text[24];
  const ssize_t size = pread(file, text, sizeof(text), 0);
  const std::string id(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string digits = id.substr(0, id.find_first_not_of("0123456789"));
  return digits.empty() ? "another process" : "process " + digits;
}

void WriteHolder(int file) {
  const std::string id = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0) return;
  // Only for people: the lock holds without it.
  [[maybe_unused]] const ssize_t written = pwrite(file, id.data(), id.size(), 0);
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  MakeMissing(path);
  const std::string lock_path = LockPath(path);
  const int file = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return FailedPrecondition(
        "the database " + path + " cannot be opened: " + lock_path + ": " + Words(errno) +
        "; it must be a file, not a folder, and its folder must exist and be writable by the process");
  }
  FileLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) {
    WriteHolder(file);
    return lock;
  }
  if (errno != EWOULDBLOCK) {
    return FailedPrecondition(lock_path + " cannot be locked: " + Words(errno) +
                              "; put the database on a disk of this machine");
  }
  return Aborted("the database " + path + " is served by " + Holder(file) +
                 " already, and one process serves one file; stop that process, or name another file");
}

FileLock::~FileLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace usher::sqlite
