// The forms of names in a catalog. What is written here as a regular expression is what the JSON Schema says.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace usher {

// Features, groups, roles, permissions, member kinds, the catalog, and the part of a plan's name before the @.
inline constexpr std::string_view kNamePattern = "^[A-Za-z][A-Za-z0-9_.-]{0,63}$";
// Plans and add-ons.
inline constexpr std::string_view kVersionedPattern = "^[A-Za-z][A-Za-z0-9_.-]{0,63}@[1-9][0-9]{0,5}$";
// Levels and set values: like names, but may begin with a digit if there is a letter somewhere, such as 1080p.
inline constexpr std::string_view kValuePattern = "^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";
// Ids of other systems: prices, roles of an identity provider.
inline constexpr std::string_view kOpaquePattern = "^[!-~]{1,255}$";
// Titles, labels, reasons: one line.
inline constexpr std::string_view kTextPattern = "^[^\\u0000-\\u001f\\u007f]+$";
inline constexpr std::size_t kLongestText = 200;
inline constexpr std::string_view kDurationPattern = "^(0|[1-9][0-9]{0,8})(m|h|d|mo|y)$";
inline constexpr std::string_view kPositiveDurationPattern = "^[1-9][0-9]{0,8}(m|h|d|mo|y)$";

bool IsName(std::string_view text);
bool IsVersionedName(std::string_view text);
bool IsValueName(std::string_view text);
bool IsOpaque(std::string_view text);
bool IsOneLine(std::string_view text);

// Words that no name may be, because a value can be written in its place.
std::span<const std::string_view> ReservedNames();
// Words that no level or set value may be: the former, the states of an answer, and what YAML takes for no text.
std::span<const std::string_view> ReservedValues();
bool IsReservedName(std::string_view text);
bool IsReservedValue(std::string_view text);

}  // namespace usher
