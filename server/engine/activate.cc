#include "server/engine/activate.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "catalog/canonical.h"
#include "server/engine/refusal.h"
#include "server/engine/schedule.h"

namespace usher {
namespace {

// More than one reader of the store could keep busy.
constexpr unsigned kMostThreads = 8;

// Every name@version of the catalog with the digest of what it grants.
std::vector<std::pair<std::string, Digest>> LiveContents(const Catalog& catalog) {
  std::vector<std::pair<std::string, Digest>> contents;
  for (const Plan& plan : catalog.plans) contents.emplace_back(plan.id.str(), Sha256(LiveContent(catalog, plan)));
  for (const AddOn& add_on : catalog.add_ons) {
    contents.emplace_back(add_on.id.str(), Sha256(LiveContent(catalog, add_on)));
  }
  return contents;
}

// `growth@3` after `growth@2`.
std::string NextVersion(const std::string& name_at_version) {
  const std::size_t at = name_at_version.rfind('@');
  return name_at_version.substr(0, at + 1) + std::to_string(std::stoll(name_at_version.substr(at + 1)) + 1);
}

std::string ChangedSentence(const std::string& name) {
  return "`" + name + "` is live and now means something else; declare `" + NextVersion(name) +
         "` and point prices at it, so that nobody's plan changes by accident";
}

}  // namespace

absl::StatusOr<Activation> Activator::Activate(const ActivationRequest& request) {
  MutexLock lock(mutex_);
  Activation activation;
  absl::Status numbered = Number(request, activation);
  if (!numbered.ok()) return numbered;
  Projection::Draft draft = projection_.StartDraft(activation.generation, request.catalog);
  const absl::StatusOr<Filled> filled = FillDraft(draft);
  absl::Status done = filled.status();
  if (done.ok() && activation.changed) done = Record(request, activation.generation);
  // Other rules may see other boundaries.
  if (done.ok() && filled->derived_again && !activation.changed) done = AskForPass();
  if (!done.ok()) {
    projection_.Discard(draft);
    return done;
  }
  projection_.Adopt(draft);
  return activation;
}

absl::Status Activator::Number(const ActivationRequest& request, Activation& activation) {
  absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::optional<GenerationRow>> latest = (*reader)->LatestGeneration();
  if (!latest.ok()) return latest.status();
  if (latest->has_value() && (*latest)->hash == request.catalog->hash) {
    activation.generation = (*latest)->number;
    return absl::OkStatus();
  }
  activation.generation = latest->has_value() ? (*latest)->number + 1 : 1;
  activation.changed = true;
  for (const auto& [name, content] : LiveContents(*request.catalog)) {
    absl::StatusOr<std::optional<Digest>> published = (*reader)->FindPublished(name);
    if (!published.ok()) return published.status();
    if (published->value_or(content) == content) continue;
    if (!request.allow_changed_content) return Refuse(Refusal::kPublishedChanged, ChangedSentence(name));
    activation.warnings.push_back(ChangedSentence(name));
  }
  return absl::OkStatus();
}

// States that commit meanwhile reach the draft through Projection::Publish, so none is missed.
absl::StatusOr<Filled> Activator::FillDraft(Projection::Draft& draft) {
  absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  // Before the first catalog nobody is answered, so all processors may work for it; later ones leave them to checks.
  const bool first = !projection_.Current().has_value();
  const unsigned threads = first ? std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads) : 1;
  return Fill(draft, **reader, clock_, threads - 1);
}

absl::Status Activator::Record(const ActivationRequest& request, std::int64_t generation) {
  const Catalog& catalog = *request.catalog;
  return writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
    const Instant now = clock_.Now();
    absl::Status put = transaction.PutCatalog({.hash = catalog.hash, .name = catalog.name, .source = request.source});
    if (!put.ok()) return put;
    absl::Status appended =
        transaction.AppendGeneration({.number = generation, .hash = catalog.hash, .actor = request.actor, .at = now});
    if (!appended.ok()) return appended;
    for (const auto& [name, content] : LiveContents(catalog)) {
      absl::Status published = transaction.PutPublished(name, content);
      if (!published.ok()) return published;
    }
    absl::Status asked = AskForCatalogPass(transaction, now);
    if (!asked.ok()) return asked;
    return transaction.AppendAudit({.at = now,
                                    .actor = request.actor,
                                    .action = "CATALOG_ACTIVATED",
                                    .tenant = "",
                                    .detail = "generation " + std::to_string(generation) + " is catalog " +
                                              catalog.name + " " + ToHex(catalog.hash)});
  });
}

absl::Status Activator::AskForPass() {
  return writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
    return AskForCatalogPass(transaction, clock_.Now());
  });
}

}  // namespace usher
