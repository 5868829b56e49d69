// Page tokens: where the next page of one list begins. Opaque to callers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace usher {

// `list` names the RPC and its filter; `position` is where to go on.
std::string EncodePageToken(std::string_view list, std::string_view position);

// Cuts `rows`, of which one more than a page was asked for, to a page. Returns the token of the next one, which begins
// behind the last row that stays; empty when there is none. `position_of` says where a row stands.
template <class Row, class PositionOf>
std::string CutPage(std::vector<Row>& rows, std::size_t page_size, std::string_view list, PositionOf position_of) {
  if (rows.size() <= page_size) return "";
  rows.resize(page_size);
  return EncodePageToken(list, position_of(rows.back()));
}

// The position. INVALID_ARGUMENT PAGE_TOKEN_INVALID when the token was not made for `list`.
absl::StatusOr<std::string> DecodePageToken(std::string_view list, std::string_view token);

}  // namespace usher
