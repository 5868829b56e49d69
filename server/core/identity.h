// Who owns what at a moment (docs/rules.md, 1). One customer may pay for two tenants, so identity is decided per line.
#pragma once

#include <string>

#include "server/core/ledger_view.h"

namespace usher {

// Which of two link facts of one object counts; null stands for no link. Operator before metadata before client
// reference; among operators the latest, because a correction must be possible, among others the earliest, because
// nobody may take over an object by writing later; then the smaller tenant.
const Fact* BetterLink(const Fact* a, const Fact* b);

// Each answers the tenant, or null when nobody owns it then. The answer lives as long as the facts do.

// The owner of a line of `invoice` that belongs to `subscription` (the invoice's own when the line names none).
const TenantId* LineOwner(const LedgerView& view, const LedgerObject& invoice, const std::string& subscription,
                          Moment& moment);

const TenantId* SessionOwner(const LedgerView& view, const LedgerObject& session, Moment& moment);
const TenantId* IntentOwner(const LedgerView& view, const LedgerObject& intent, Moment& moment);
const TenantId* SubscriptionOwner(const LedgerView& view, const LedgerObject& subscription, Moment& moment);
const TenantId* CustomerOwner(const LedgerObject& customer, Moment& moment);

}  // namespace usher
