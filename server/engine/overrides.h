// Overrides as operators see them: their objects, their etags, and which values fit.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>

#include "catalog/model.h"
#include "server/core/fact.h"
#include "server/ports/store.h"

namespace usher {

// The object of a tenant's override: ids of overrides are the tenant's own.
ObjectRef OverrideObject(const TenantId& tenant, std::string_view override_id);
// The id within the tenant.
std::string OverrideIdOf(const ObjectRef& object);

// Changes with every change of the override.
std::string EtagOf(const Digest& fact);

// OK when no etag is expected, or `current` is in force and has it. Refusal kEtagMismatch.
absl::Status CheckEtag(const LedgerFact* current, std::string_view etag, std::string_view override_id);

// Equal but for the actor: putting the one over the other changes nothing.
bool SameOverride(const OverrideFact& a, const OverrideFact& b);

// Refusal kFeatureUnknown; INVALID_ARGUMENT for a mode or value that the feature cannot have.
absl::Status CheckOverride(const Catalog& catalog, const OverrideFact& content);

}  // namespace usher
