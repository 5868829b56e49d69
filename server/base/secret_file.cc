#include "server/base/secret_file.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return InvalidArgument(path + " is a folder: expected a file");
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || (!file.is_open() && text.empty())) return InvalidArgument("cannot read " + path);
  if (text.size() > kMaxBytes) return InvalidArgument(path + " is larger than 64 KiB: expected a small file of text");
  return text;
}

}  // namespace usher
