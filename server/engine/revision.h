// Revisions: how much of the ledger and of the catalog somebody has seen, as a token that callers hand back unread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "catalog/ids.h"

namespace usher {

struct Revision {
  std::string epoch;                          // Store::Epoch
  std::map<TenantId, std::int64_t> versions;  // of the tenants it speaks of
  std::int64_t generation = 0;

  friend bool operator==(const Revision&, const Revision&) = default;
};

// Printable, URL-safe, with a checksum: for honest mistakes, not a signature.
std::string EncodeRevision(const Revision& revision);

// The same without a Revision in between, for answers that are made in large numbers. `tenants`: each once, sorted.
struct TenantVersion {
  std::string_view tenant;
  std::int64_t version = 0;
};
std::string EncodeRevision(std::string_view epoch, std::span<const TenantVersion> tenants, std::int64_t generation);

// Refusal kRevisionInvalid when `token` was not made by EncodeRevision.
absl::StatusOr<Revision> DecodeRevision(std::string_view token);

// Refusal kRevisionInvalid unless `revision` is of the store `epoch` and speaks of `tenant`.
absl::Status CheckRevision(const Revision& revision, std::string_view epoch, const TenantId& tenant);

}  // namespace usher
