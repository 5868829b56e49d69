// What makes a field of a request well-formed. Each check adds to `violations` and says what was expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "server/service/error.h"

namespace usher {

inline constexpr std::size_t kMaxTenantBytes = 128;
inline constexpr std::size_t kMaxFeatureBytes = 64;

// 1 to `max_bytes` of [A-Za-z0-9_.:-].
bool IsName(std::string_view text, std::size_t max_bytes);

// 1-128 of [A-Za-z0-9_.:-].
TenantId ReadTenantId(std::string_view text, const std::string& field, Violations& violations);

// An id that callers choose: 1 to `max_bytes` of [A-Za-z0-9_.:-].
std::string ReadName(std::string_view text, std::size_t max_bytes, const std::string& field, Violations& violations);

// A feature's id: a name of at most 64 bytes, as the catalog has them.
std::string ReadFeature(std::string_view text, const std::string& field, Violations& violations);

// A text for people that may be empty: one line of at most `max_bytes`, without characters that steer a terminal.
std::string ReadLine(std::string_view text, std::size_t max_bytes, const std::string& field, Violations& violations);

// A text for people that must say something: a line of 1 to 512 bytes, not only blanks.
std::string ReadReason(std::string_view text, const std::string& field, Violations& violations);

// An opaque id of another system: 1-255 bytes without blanks and characters that steer a terminal.
std::string ReadExternalId(std::string_view text, const std::string& field, Violations& violations);

// `at` when it is a valid time, nullopt otherwise; unset is not a violation.
std::optional<Instant> ReadInstant(bool is_set, const google::protobuf::Timestamp& at, const std::string& field,
                                   Violations& violations);

// 0 = 50; at most 1000.
std::size_t ReadPageSize(std::int32_t page_size, Violations& violations);

}  // namespace usher
