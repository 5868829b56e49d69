// What each subscription intends from when on.
#pragma once

#include <optional>
#include <vector>

#include "server/core/ledger_view.h"
#include "server/core/trace_model.h"

namespace usher {

// Every subscription that is `tenant`'s at some time or that a line of `documents` names, sorted by scope and id.
std::vector<Subscription> SubscriptionsOf(const TenantId& tenant, const LedgerView& view,
                                          const std::vector<Document>& documents);

// The time at which a billing system's test clock stands for `tenant`, none when the tenant lives on no such clock.
std::optional<Instant> FrozenAt(const TenantId& tenant, const LedgerView& view);

}  // namespace usher
