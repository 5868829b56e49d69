// Files that hold secrets, and other small texts.
#pragma once

#include <string>

#include <absl/status/statusor.h>

namespace usher {

// The text of the file at `path`, at most 64 KiB. INVALID_ARGUMENT names the file and never what is in it.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

}  // namespace usher
