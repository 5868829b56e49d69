#include "server/workbench/fact_line.h"

#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/fact_codec.h"
#include "server/core/fact_fields.h"

namespace usher {
namespace {

std::string TextOf(const std::string& value) { return value; }
std::string TextOf(bool value) { return value ? "yes" : "no"; }
std::string TextOf(std::int64_t value) { return std::to_string(value); }
std::string TextOf(Instant value) { return FormatInstant(value); }
std::string TextOf(const Limit& value) { return value.unlimited ? "unlimited" : std::to_string(value.amount); }

template <class Tag>
std::string TextOf(const Id<Tag>& value) {
  return value.str();
}

template <IsWorded E>
std::string TextOf(E value) {
  return std::string(WordOf(value));
}

// They call each other.
template <IsDescribed S>
std::string TextOf(const S& value);
template <class... T>
std::string TextOf(const std::variant<T...>& value);
template <class T>
std::string TextOf(const std::optional<T>& value);
template <class T>
std::string TextOf(const std::vector<T>& values);

template <class... T>
std::string TextOf(const std::variant<T...>& value) {
  return std::visit([](const auto& alternative) { return TextOf(alternative); }, value);
}

template <class T>
std::string TextOf(const std::optional<T>& value) {
  return value ? TextOf(*value) : std::string("none");
}

template <class T>
std::string TextOf(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) text.append(text.empty() ? "" : "; ").append(TextOf(value));
  return "[" + text + "]";
}

// A status is told even when it is the default one: it is what the fact is about.
template <IsDescribed S>
std::string TextOf(const S& value) {
  const S defaults{};
  std::string text;
  ForEachField<S>([&](const auto& field) {
    const auto& own = value.*field.member;
    const bool told = field.number == 1 && std::is_enum_v<std::decay_t<decltype(own)>>;
    if (!told && own == defaults.*field.member) return;
    text.append(text.empty() ? "" : " ").append(field.name).append("=").append(TextOf(own));
  });
  return text;
}

// What is said about the object when it is not its own condition.
template <class Content>
std::string_view Aspect() {
  if constexpr (std::is_same_v<Content, AttemptFact>) return " attempt";
  if constexpr (std::is_same_v<Content, LinkFact>) return " link";
  if constexpr (std::is_same_v<Content, SuspensionFact>) return " suspension";
  return "";
}

}  // namespace

std::string FactLine(const Fact& fact) {
  std::string line(ObjectKindName(fact.object.kind));
  line.append(" ").append(fact.object.id);
  std::visit(
      [&](const auto& content) {
        line.append(Aspect<std::decay_t<decltype(content)>>()).append(" at ").append(FormatInstant(fact.at));
        const std::string fields = TextOf(content);
        if (!fields.empty()) line.append(": ").append(fields);
      },
      fact.content);
  return line;
}

}  // namespace usher
