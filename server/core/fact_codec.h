// The canonical bytes of facts: their identity, their stored form, and the edges between their objects.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/digest.h"
#include "server/core/fact.h"

namespace usher {

// One encoding per fact and one fact per encoding: equal facts have equal bytes on every machine and build. Fields at
// their default are left out, so a field can be added without changing the bytes of facts that do not use it.
std::string EncodeFact(const Fact& fact);

// DATA_LOSS, naming the byte offset and what was expected there, when `bytes` is not an encoding of a fact.
absl::StatusOr<Fact> DecodeFact(std::string_view bytes);

// SHA-256 of EncodeFact: the identity of a fact in the ledger.
Digest FactDigest(const Fact& fact);

// Every object the fact names besides its own, tenants included: the edges along which facts belong together.
// Sorted, without repetition. The ledger of a tenant is the connected part that holds the tenant.
std::vector<ObjectRef> References(const Fact& fact);

// The object that stands for a tenant in edges.
ObjectRef TenantObject(const TenantId& tenant);

// A short word for people and logs: `invoice`, `payment intent`.
std::string_view ObjectKindName(ObjectKind kind);

}  // namespace usher
