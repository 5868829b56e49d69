#include "server/service/revision.h"

#include <charconv>
#include <optional>

#include <absl/strings/escaping.h>

#include "catalog/absl_bridge.h"
#include "server/service/error.h"

namespace usher {
namespace {

// Lines: the form, the epoch, the generation, then `version tenant` for each tenant.
constexpr char kForm[] = "r1";

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::optional<std::int64_t> ReadNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

absl::Status Invalid() {
  return MakeError(v1::ERROR_REASON_REVISION_INVALID,
                   "the revision is none that a server gave out: hand a token back as it came, or leave it out");
}

}  // namespace

std::string EncodeRevision(const Revision& revision) {
  std::string text = std::string(kForm) + "\n" + revision.epoch + "\n" + std::to_string(revision.generation) + "\n";
  for (const auto& [tenant, version] : revision.tenants) {
    text += std::to_string(version) + " " + tenant.str() + "\n";
  }
  std::string token;
  absl::WebSafeBase64Escape(ToAbsl(text), &token);
  return token;
}

absl::StatusOr<Revision> DecodeRevision(std::string_view token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(ToAbsl(token), &bytes)) return Invalid();
  std::string_view text = bytes;
  if (TakeLine(text) != kForm) return Invalid();
  Revision revision;
  revision.epoch = TakeLine(text);
  const std::optional<std::int64_t> generation = ReadNumber(TakeLine(text));
  if (revision.epoch.empty() || !generation) return Invalid();
  revision.generation = *generation;
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    const std::size_t blank = line.find(' ');
    const std::optional<std::int64_t> version = ReadNumber(line.substr(0, blank));
    if (blank == std::string_view::npos || blank + 1 == line.size() || !version) return Invalid();
    revision.tenants.emplace_back(TenantId(line.substr(blank + 1)), *version);
  }
  return revision;
}

}  // namespace usher
