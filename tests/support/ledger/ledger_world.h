// A whole engine over a real store, for tests.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/model.h"
#include "server/base/payload_seal.h"
#include "server/core/timeline.h"
#include "server/engine/activate.h"
#include "server/engine/ingest.h"
#include "server/engine/record.h"
#include "server/ports/clock.h"
#include "server/storage/sqlite/store.h"
#include "tests/support/ledger/scripted_source.h"
#include "tests/support/temporary_folder.h"

namespace usher {

// The catalog `features: sso (boolean), projects (limit, max)`, a default plan free@1 with one project, growth@1 with
// sso and 20 projects, sold as test price `price_growth`. `more` is appended to the file.
CatalogPtr TestCatalog(const std::string& more = "");
// The catalog of a whole text. The test fails when it has findings that are errors.
CatalogPtr CatalogFrom(const std::string& yaml);
// The text of TestCatalog.
std::string TestCatalogText(const std::string& more = "");

// Everything of one kind that `store` holds.
std::vector<TenantState> StatesIn(Store& store);
std::vector<AuditRow> AuditIn(Store& store);
std::vector<ChangeRow> ChangesIn(Store& store);

// The outlook answers as the timeline that it is of, wherever it covers.
void ExpectSameAnswers(const Catalog& catalog, const Outlook& outlook, const Timeline& timeline);

// A key that is no secret.
inline PayloadSeal TestSeal() { return PayloadSeal({PayloadSeal::Key{}}); }

class SteppingClock : public Clock {
 public:
  Instant Now() const override { return FromUnixMillis(now_ms_.load()); }
  void Set(Instant now) { now_ms_ = ToUnixMillis(now); }

 private:
  std::atomic<std::int64_t> now_ms_{ToUnixMillis(kJanuary)};
};

// Both sides of a tenant: what the store holds, and what checks see.
struct WorldTenant {
  std::int64_t version = 0;
  Digest digest;                             // of the stored trace, as the present rules read it
  std::shared_ptr<const Timeline> timeline;  // the whole, of the stored trace under the live catalog
};

// The parts that a process has besides its database: gone after a restart.
struct LedgerWorld {
  // `over` outlives the world. Activates `catalog`.
  LedgerWorld(Store& over, const Clock& clock, const BillingSource& source, CatalogPtr catalog);

  EventOutcome Deliver(const std::string& raw);
  absl::StatusOr<EventOutcome> TryDeliver(const std::string& raw, const std::string& signature = "good");
  // The activation of a catalog whose source text does not matter.
  absl::StatusOr<Activation> Activate(CatalogPtr catalog, bool allow_changed_content = false);

  // The test fails when the projection answers otherwise than the whole timeline does, at any of its boundaries from
  // the outlook's beginning on. Only while nothing is being written.
  WorldTenant Tenant(const std::string& tenant) const;
  // From the projection; from the store what lies before its outlook.
  AccessState StateOf(const std::string& tenant, const std::string& feature, Instant at) const;

  Store& store;
  Projection projection;
  Writer writer;
  BillingSources sources;
  PayloadSeal seal = TestSeal();
  Ingest ingest;
  Recorder recorder;
  Activator activator;
};

// A world over a database in a temporary folder.
class LedgerTest : public testing::Test {
 protected:
  void SetUp() override { Restart(); }

  // What a process starts with.
  virtual CatalogPtr StartCatalog() const { return TestCatalog(); }

  // Ends the process and starts another over the same database.
  virtual void Restart() {
    world_.reset();
    store_.reset();
    auto store = sqlite::Open({.path = folder_.File("usher.db")});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    world_ = std::make_unique<LedgerWorld>(*store_, clock_, source_, StartCatalog());
  }

  EventOutcome Deliver(ParsedEvent event) { return world_->Deliver(source_.Say(std::move(event))); }

  std::unique_ptr<StoreReader> Read() { return *store_->Read(); }

  // The actions of the audit log that concern `tenant`, oldest first.
  std::vector<std::string> Audited(const std::string& tenant) {
    std::vector<std::string> actions;
    for (const AuditRow& row : AuditIn(*store_)) {
      if (row.record.tenant == tenant) actions.push_back(row.record.action);
    }
    return actions;
  }

  TemporaryFolder folder_;
  SteppingClock clock_;
  ScriptedSource source_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<LedgerWorld> world_;
};

}  // namespace usher
