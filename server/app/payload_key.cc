#include "server/app/payload_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "catalog/absl_bridge.h"
#include "server/base/random.h"
#include "server/base/secret_file.h"

namespace usher {
namespace {

absl::Status CannotMake(const std::string& path) {
  return FailedPrecondition("cannot make the payload key " + path + ": " + std::strerror(errno) +
                            "; name another file with --payload-key");
}

// Writes `text` to a new file that only this user may read; it is on the disk when this returns OK.
absl::Status WriteNew(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return CannotMake(path);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  const absl::Status status = written ? absl::OkStatus() : CannotMake(path);
  close(file);
  return status;
}

// The key appears whole or not at all, and of two servers that start together one makes it.
absl::Status MakeKey(const std::string& path) {
  const std::string draft = path + "." + RandomId();
  absl::Status made = WriteNew(draft, PayloadSeal::NewKeyText());
  if (made.ok() && link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) made = CannotMake(path);
  unlink(draft.c_str());
  if (!made.ok()) return made;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int handle = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool kept = handle >= 0 && fsync(handle) == 0;
  if (handle >= 0) close(handle);
  return kept ? absl::OkStatus() : CannotMake(path);
}

}  // namespace

absl::StatusOr<PayloadSeal> LoadPayloadKeys(const std::string& path, bool make_missing) {
  std::error_code ignored;
  if (make_missing && !std::filesystem::exists(path, ignored)) {
    absl::Status made = MakeKey(path);
    if (!made.ok()) return made;
  }
  const absl::StatusOr<std::string> text = ReadSecretFile(path);
  if (!text.ok()) {
    return FailedPrecondition("the payload key: " + StatusMessage(text.status()) +
                              "; make one with `openssl rand -hex 32`, or name another file with --payload-key");
  }
  absl::StatusOr<PayloadSeal> seal = PayloadSeal::FromText(*text);
  if (seal.ok()) return seal;
  return InvalidArgument("the payload key " + path + ": " + StatusMessage(seal.status()));
}

}  // namespace usher
