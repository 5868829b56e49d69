#include "tests/durability/undisturbed.h"

#include <fstream>
#include <sstream>

#include "catalog/absl_bridge.h"
#include "server/integrations/stripe/source.h"

namespace usher {

CatalogPtr WebhookCatalog() {
  std::ostringstream text;
  text << std::ifstream(kWebhookCatalog).rdbuf();
  return CatalogFrom(text.str());
}

std::unique_ptr<BillingSource> WebhookBilling() {
  return *stripe::OpenSource({.secrets = {Secret(kWebhookSecretText)}, .livemode = false});
}

absl::StatusOr<EventOutcome> Deliver(Ingest& ingest, const Webhook& webhook) {
  const auto now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  return ingest.RelayWebhook({.provider = "stripe",
                              .raw = webhook.body,
                              .headers = {{"Stripe-Signature", SignatureOf(webhook)}},
                              .received_at = Instant(now)});
}

Undisturbed::Undisturbed()
    : source_(WebhookBilling()),
      store_(*sqlite::Open({.path = folder_.File("usher.db")})),
      world_(std::make_unique<LedgerWorld>(*store_, clock_, *source_, WebhookCatalog())) {}

std::vector<std::string> Undisturbed::Follow(const Contents& lived, const std::map<std::string, std::string>& bodies) {
  for (; followed_ < lived.events.size(); ++followed_) {
    const std::string& id = lived.events[followed_].id;
    const auto body = bodies.find(id);
    if (body == bodies.end()) return {"event " + id + " was never sent"};
    const absl::StatusOr<EventOutcome> outcome = Deliver(world_->ingest, {.id = id, .body = body->second});
    if (!outcome.ok()) return {"event " + id + ": " + StatusMessage(outcome.status())};
  }
  const absl::StatusOr<Contents> contents = ReadContents(folder_.File("usher.db"));
  if (!contents.ok()) return {"the undisturbed run cannot be read"};
  return Differences(lived, *contents);
}

}  // namespace usher
