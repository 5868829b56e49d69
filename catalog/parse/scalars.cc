#include "catalog/parse/scalars.h"

#include <charconv>

namespace usher {
namespace {

const Node* Usable(const Node* node, ScalarClass scalar) {
  const bool usable = node != nullptr && !node->refused && node->kind == Node::Kind::kScalar && node->scalar == scalar;
  return usable ? node : nullptr;
}

}  // namespace

std::optional<std::string> AsText(const Node* node) {
  node = Usable(node, ScalarClass::kText);
  return node == nullptr ? std::nullopt : std::optional(node->text);
}

std::optional<bool> AsBoolean(const Node* node) {
  node = Usable(node, ScalarClass::kBoolean);
  if (node == nullptr || (node->text != "true" && node->text != "false")) return std::nullopt;
  return node->text == "true";
}

std::optional<std::int64_t> AsWhole(const Node* node) {
  node = Usable(node, ScalarClass::kWhole);
  if (node == nullptr || (node->text.size() > 1 && node->text[0] == '0')) return std::nullopt;
  std::int64_t number = 0;
  const char* end = node->text.data() + node->text.size();
  const std::from_chars_result result = std::from_chars(node->text.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end || number < 0) return std::nullopt;
  return number;
}

std::optional<Limit> AsLimit(const Node* node) {
  if (AsText(node) == "unlimited") return kUnlimited;
  const std::optional<std::int64_t> number = AsWhole(node);
  return number ? std::optional(Limit{.amount = *number}) : std::nullopt;
}

std::optional<CalendarDuration> AsDuration(const Node* node) {
  const std::optional<std::string> text = AsText(node);
  if (!text) return std::nullopt;
  const absl::StatusOr<CalendarDuration> duration = ParseDuration(*text);
  return duration.ok() ? std::optional(*duration) : std::nullopt;
}

}  // namespace usher
