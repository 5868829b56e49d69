// Stripe as the engine sees it: one of the billing systems.
#pragma once

#include <memory>
#include <vector>

#include <absl/status/statusor.h>

#include "server/base/secret.h"
#include "server/ports/billing_source.h"

namespace usher::stripe {

struct SourceOptions {
  std::vector<Secret> secrets;  // of the webhook endpoint; empty: nothing can be verified
  bool livemode = false;        // whose events are wanted; connected accounts' never are
};

// INVALID_ARGUMENT when a secret is not of the form of Stripe's, whsec_...
absl::StatusOr<std::unique_ptr<BillingSource>> OpenSource(SourceOptions options);

}  // namespace usher::stripe
