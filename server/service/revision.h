// Revision tokens: how much a server knew when it answered. Opaque to callers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/ids.h"

namespace usher {

struct Revision {
  std::string epoch;            // of the store: versions of different stores cannot be compared
  std::int64_t generation = 0;  // of the catalog
  std::vector<std::pair<TenantId, std::int64_t>> tenants;  // with their versions
};

// Printable, without blanks, safe in a URL.
std::string EncodeRevision(const Revision& revision);

// INVALID_ARGUMENT REVISION_INVALID when `token` is none that EncodeRevision made.
absl::StatusOr<Revision> DecodeRevision(std::string_view token);

}  // namespace usher
