// One process serves one database file.
#pragma once

#include <string>
#include <utility>

#include <absl/status/statusor.h>

namespace usher::sqlite {

// Held for as long as it lives; the kernel releases it when the process ends, however it ends. Only who serves the
// database takes it: programs that merely read the file need none.
class FileLock {
 public:
  // Locks `path`.lock, which stays behind: whoever removed it could lock another file than the process that comes
  // next. ABORTED, naming the file and the process, when somebody else holds it, this process included;
  // FAILED_PRECONDITION when it cannot be locked at all.
  static absl::StatusOr<FileLock> Take(const std::string& path);

  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int file) : file_(file) {}

  int file_;
};

}  // namespace usher::sqlite
