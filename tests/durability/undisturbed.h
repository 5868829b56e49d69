// The same events, recorded in this process by a server that nothing ever happened to.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/engine/projection.h"
#include "server/storage/sqlite/store.h"
#include "tests/durability/contents.h"
#include "tests/durability/webhooks.h"
#include "tests/support/ledger/ledger_world.h"
#include "tests/support/temporary_folder.h"

namespace usher {

// The catalog kWebhookCatalog, read.
CatalogPtr WebhookCatalog();

// A billing source that verifies what SignatureOf signs.
std::unique_ptr<BillingSource> WebhookBilling();

// Delivers `webhook` to an engine, signed.
absl::StatusOr<EventOutcome> Deliver(Ingest& ingest, const Webhook& webhook);

// What a disturbed life of events has to amount to.
class Undisturbed {
 public:
  Undisturbed();

  // Records what `lived` holds and this does not, from the `bodies` that were sent, in the order in which `lived`
  // received it. Then tells how the two differ: not at all, when nothing was lost, doubled or changed.
  std::vector<std::string> Follow(const Contents& lived, const std::map<std::string, std::string>& bodies);

 private:
  TemporaryFolder folder_;
  std::unique_ptr<BillingSource> source_;
  SteppingClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<LedgerWorld> world_;
  std::size_t followed_ = 0;  // events of `lived`
};

}  // namespace usher
