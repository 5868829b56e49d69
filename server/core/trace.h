// The trace: what a tenant's facts amount to, before any catalog says what a price means.
//
// Pure and deterministic: the same set of facts gives the same trace, byte for byte, in whatever order and however
// often they are passed. A trace is compact, is stored with the tenant, and is all that Resolve needs.
#pragma once

#include <cstdint>
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

// The version of the rules by which BuildTrace derives. Traces outlive the program that derived them: they are stored.
// Raise it by one with every change after which some set of facts gives another trace, or equal bytes mean another one;
// a test that knows the traces of many histories reminds of it. What Resolve makes of a trace is never stored, so a
// change there needs nothing.
inline constexpr std::int64_t kRulesVersion = 1;

// The trace of `tenant` over `facts`: its connected part of the ledger or any superset of it, in any order, with any
// repetition. Facts that belong to others are left out (identity is decided per line: docs/rules.md).
Trace BuildTrace(const TenantId& tenant, std::span<const Fact> facts);

// Canonical bytes, which begin with kRulesVersion, and back. DATA_LOSS, with what was expected, when `bytes` are not
// the encoding of a trace, or are one that other rules derived: derive it again. The version is part of the bytes, not
// kept beside them, so that no engine of storage can lose it, and that digests of different rules differ: a tenant
// whose stored trace is of other rules has changed when its next fact comes.
std::string EncodeTrace(const Trace& trace);
absl::StatusOr<Trace> DecodeTrace(std::string_view bytes);

// SHA-256 of EncodeTrace: equal digests mean equal answers under every catalog.
Digest TraceDigest(const Trace& trace);

// Every tenant that any fact names, sorted.
std::vector<TenantId> TenantsIn(std::span<const Fact> facts);

}  // namespace usher
