// How a body is coded on its way: plain, or as gzip.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace usher {

enum class ContentCoding { kIdentity, kGzip };

// What people and programs are told.
inline constexpr char kSupportedCodings[] = "identity or gzip";

// The coding of that name, in whatever case; nullopt when the server does not know it.
std::optional<ContentCoding> ContentCodingNamed(std::string_view name);

// Whether an answer may be gzip: gzip is the first name in `accept_encoding` that the server knows and that is not
// refused with q=0. Other quality values do not count: the order of the names does.
bool PrefersGzip(std::string_view accept_encoding);

// The bytes within `gzip`, one member or several. Stops as soon as they are more than `limit`.
// RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE then; INVALID_ARGUMENT MALFORMED_REQUEST for what is no whole gzip.
absl::StatusOr<std::string> Gunzip(std::string_view gzip, std::size_t limit);

// `bytes` as gzip; nullopt when zlib cannot, for want of memory: send them plain.
std::optional<std::string> Gzip(std::string_view bytes);

}  // namespace usher
