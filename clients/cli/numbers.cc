#include "clients/cli/numbers.h"

#include <charconv>
#include <string>
#include <system_error>

#include "catalog/absl_bridge.h"

namespace usher {

absl::StatusOr<std::int64_t> ReadNumber(std::string_view text, const NumberRange& range) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  const bool is_plain = read.ec == std::errc() && read.ptr == end && text == std::to_string(number);
  if (is_plain && number >= range.least && number <= range.most) return number;
  return InvalidArgument("\"" + std::string(text) + "\" is not taken: expected a whole number from " +
                         std::to_string(range.least) + " to " + std::to_string(range.most) + ", in plain digits");
}

CLI::Validator NumberIn(const NumberRange& range) {
  return {[range](const std::string& text) { return StatusMessage(ReadNumber(text, range).status()); },
          std::to_string(range.least) + " to " + std::to_string(range.most)};
}

void AddLimit(CLI::App& command, int& limit) {
  command.add_option("--limit", limit, "at most so many")
      ->capture_default_str()
      ->check(NumberIn({.least = 1, .most = 1000}));
}

}  // namespace usher
