#include "server/service/validate.h"

#include <algorithm>
#include <array>

#include "server/base/visible.h"
#include "server/service/convert.h"

namespace usher {
namespace {

constexpr std::size_t kMaxReasonBytes = 512;
constexpr std::size_t kMaxExternalIdBytes = 255;
constexpr std::int32_t kDefaultPageSize = 50;
constexpr std::int32_t kMaxPageSize = 1000;

constexpr auto kNameCharacters = [] {
  std::array<bool, 256> is_one{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-")) {
    is_one[static_cast<unsigned char>(c)] = true;
  }
  return is_one;
}();

bool IsNameCharacter(char c) { return kNameCharacters[static_cast<unsigned char>(c)]; }

bool IsBlank(char c) { return c == ' '; }

}  // namespace

bool IsName(std::string_view text, std::size_t max_bytes) {
  return !text.empty() && text.size() <= max_bytes && std::ranges::all_of(text, IsNameCharacter);
}

TenantId ReadTenantId(std::string_view text, const std::string& field, Violations& violations) {
  return TenantId(ReadName(text, kMaxTenantBytes, field, violations));
}

std::string ReadName(std::string_view text, std::size_t max_bytes, const std::string& field, Violations& violations) {
  if (!IsName(text, max_bytes)) {
    violations.Add(field, "expected 1 to " + std::to_string(max_bytes) + " of [A-Za-z0-9_.:-]");
  }
  return std::string(text);
}

std::string ReadFeature(std::string_view text, const std::string& field, Violations& violations) {
  return ReadName(text, kMaxFeatureBytes, field, violations);
}

std::string ReadLine(std::string_view text, std::size_t max_bytes, const std::string& field, Violations& violations) {
  if (text.size() > max_bytes || !IsAllVisible(text)) {
    violations.Add(field,
                   "expected one line of at most " + std::to_string(max_bytes) + " bytes, without control characters");
  }
  return std::string(text);
}

std::string ReadReason(std::string_view text, const std::string& field, Violations& violations) {
  if (text.size() > kMaxReasonBytes || std::ranges::all_of(text, IsBlank) || !IsAllVisible(text)) {
    violations.Add(field, "expected one line of 1 to 512 bytes that says why, without control characters");
  }
  return std::string(text);
}

std::string ReadExternalId(std::string_view text, const std::string& field, Violations& violations) {
  if (text.empty() || text.size() > kMaxExternalIdBytes || std::ranges::any_of(text, IsBlank) || !IsAllVisible(text)) {
    violations.Add(field, "expected an id of 1 to 255 bytes without blanks and control characters");
  }
  return std::string(text);
}

std::optional<Instant> ReadInstant(bool is_set, const google::protobuf::Timestamp& at, const std::string& field,
                                   Violations& violations) {
  if (!is_set) return std::nullopt;
  const std::optional<Instant> instant = FromProto(at);
  if (!instant) violations.Add(field, "expected a time between the years 1 and 9999, nanos from 0 to 999999999");
  return instant;
}

std::size_t ReadPageSize(std::int32_t page_size, Violations& violations) {
  if (page_size < 0 || page_size > kMaxPageSize) {
    violations.Add("page_size", "expected 1 to 1000, or 0 for 50");
    return 0;
  }
  return static_cast<std::size_t>(page_size == 0 ? kDefaultPageSize : page_size);
}

}  // namespace usher
