#include "clients/cli/catalog_starter.h"

namespace usher {

std::string StarterCatalog() {
  return R"(# yaml-language-server: $schema=./catalog/schema/plans.schema.json
#
# What is sold, and what every price of the billing system means.
#   usher catalog validate plans.yaml   judges this file
#   usher catalog show                  shows what each plan grants
apiVersion: usher/v1
catalog: my-product

# What applications ask about.
features:
  # Had or not had.
  sso: { type: boolean }
  # How many at the same time; of two subscriptions the larger counts.
  projects: { type: limit, unit: project, merge: max }
  # Seats of two subscriptions add up.
  seats: { type: limit, unit: user, merge: sum }
  # How many in each month.
  api_calls: { type: metered, unit: call, merge: sum, reset: month }

groups:
  main:
    # Answers for tenants that have paid nothing.
    default_plan: free@1

# What tenants can have. A version never changes once it is live: declare the next one and point prices at it.
plans:
  free@1:
    title: Free
    entitlements:
      projects: 1
      seats: 1

  pro@1:
    title: Pro
    # Copies what free grants; the lines below replace it one by one.
    includes: free@1
    entitlements:
      sso: true
      projects: unlimited
      # One for each paid seat, and never fewer than three.
      seats: { per_quantity: 1, at_least: 3 }
      # Use goes on past what is included, up to the cap.
      api_calls: { included: 10000, cap: 50000 }

# Every price id of the billing system, exactly once. Amounts stay there.
prices:
  live:
    price_REPLACE_WITH_LIVE_ID: { plan: pro@1, interval: month, currency: usd }
  test:
    price_REPLACE_WITH_TEST_ID: { plan: pro@1, interval: month, currency: usd }

# What payments, and their absence, do; these are the defaults.
payment_policy:
  renewal_leeway: 72h
  dunning_grace: 7d
)";
}

}  // namespace usher
