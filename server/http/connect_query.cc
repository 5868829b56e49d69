#include "server/http/connect_query.h"

#include <absl/strings/escaping.h>

#include "catalog/absl_bridge.h"
#include "server/http/text.h"
#include "server/service/error.h"

namespace usher {
namespace {

constexpr char kUrlAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `+` is a space, as in every query that a form makes.
std::optional<std::string> DecodePercent(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// Where a parameter of that name belongs; null when the protocol has none of that name.
std::optional<std::string>* Place(ConnectQuery& query, std::string_view name) {
  if (name == "connect") return &query.connect;
  if (name == "base64") return &query.base64;
  if (name == "compression") return &query.compression;
  if (name == "encoding") return &query.encoding;
  if (name == "message") return &query.message;
  return nullptr;
}

}  // namespace

absl::StatusOr<ConnectQuery> ReadConnectQuery(std::string_view target) {
  ConnectQuery query;
  CutAt(target, '?');
  while (!target.empty()) {
    std::string_view value = CutAt(target, '&');
    const std::string name = DecodePercent(CutAt(value, '=')).value_or("");
    std::optional<std::string>* place = Place(query, name);
    if (place == nullptr) continue;
    if (place->has_value()) {
      return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, "the query has " + name + " twice: expected it once");
    }
    *place = DecodePercent(value);
    if (!place->has_value()) {
      return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST,
                       name + " in the query: expected two hexadecimal digits after every %");
    }
  }
  return query;
}

std::optional<std::string> DecodeUrlBase64(std::string_view text) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  // absl would also let spaces pass, and other padding.
  if (text.find_first_not_of(kUrlAlphabet) != std::string_view::npos) return std::nullopt;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(ToAbsl(text), &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace usher
