#include "server/listener/message.h"

#include <algorithm>

namespace usher {
namespace {

char Lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

// Whether a header is of that name.
auto IsNamed(std::string_view name) {
  return [name](const std::pair<std::string, std::string>& header) {
    return std::ranges::equal(header.first, name, [](char a, char b) { return Lower(a) == Lower(b); });
  };
}

}  // namespace

std::string_view HttpRequest::Path() const { return std::string_view(target).substr(0, target.find('?')); }

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, IsNamed(name));
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::size_t HttpRequest::CountHeaders(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(headers, IsNamed(name)));
}

}  // namespace usher
