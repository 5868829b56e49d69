#include "server/listener/message.h"

#include <algorithm>

namespace usher {
namespace {

char Lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

}  // namespace

std::string_view HttpRequest::Path() const { return std::string_view(target).substr(0, target.find('?')); }

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  const auto same = [&](const auto& header) {
    return std::ranges::equal(header.first, name, [](char a, char b) { return Lower(a) == Lower(b); });
  };
  const auto found = std::ranges::find_if(headers, same);
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace usher
