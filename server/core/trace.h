// The trace: what a tenant's facts amount to, before any catalog says what a price means.
//
// Pure and deterministic: the same set of facts gives the same trace, byte for byte, in whatever order and however
// often they are passed. A trace is compact, is stored with the tenant, and is all that Resolve needs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/digest.h"
#include "catalog/ids.h"
#include "server/core/fact.h"

namespace usher {

struct Trace;  // trace_model.h

// The trace of `tenant` over `facts`: its connected part of the ledger or any superset of it, in any order, with any
// repetition. Facts that belong to others are left out (identity is decided per line: docs/rules.md).
Trace BuildTrace(const TenantId& tenant, std::span<const Fact> facts);

// Canonical bytes, and back. DATA_LOSS with the byte offset when `bytes` is not an encoding of a trace.
std::string EncodeTrace(const Trace& trace);
absl::StatusOr<Trace> DecodeTrace(std::string_view bytes);

// SHA-256 of EncodeTrace: equal digests mean equal answers under every catalog.
Digest TraceDigest(const Trace& trace);

// Every tenant that any fact names, sorted.
std::vector<TenantId> TenantsIn(std::span<const Fact> facts);

}  // namespace usher
