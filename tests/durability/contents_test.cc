// What the inspection of a database finds, and where the failpoints stand: the tests of the tests.
#include "tests/durability/contents.h"

#include <gmock/gmock.h>

#include "server/storage/sqlite/connection.h"
#include "tests/durability/failpoint_store.h"
#include "tests/durability/undisturbed.h"

namespace usher {
namespace {

using testing::IsEmpty;

struct DamageCase {
  const char* name;
  const char* sql;
};

std::ostream& operator<<(std::ostream& out, const DamageCase& row) { return out << row.name; }

class Inspection : public testing::TestWithParam<DamageCase> {
 protected:
  void SetUp() override {
    const auto source = WebhookBilling();
    const auto store = *sqlite::Open({.path = path_});
    LedgerWorld world(*store, clock_, *source, WebhookCatalog());
    for (int i = 0; i < 80; ++i) ASSERT_TRUE(Deliver(world.ingest, webhooks_.Next()).ok());
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.File("usher.db");
  SteppingClock clock_;
  WebhookSource webhooks_{1};
};

TEST_P(Inspection, FindsDamageAndNothingElse) {
  const absl::StatusOr<Contents> sound = ReadContents(path_);
  ASSERT_TRUE(sound.ok()) << sound.status();
  EXPECT_THAT(sound->doubled, IsEmpty());
  EXPECT_THAT(sound->faults, IsEmpty());
  EXPECT_THAT(Undisturbed().Follow(*sound, webhooks_.bodies()), IsEmpty());
  EXPECT_THAT(Unreadable(*sound, TestSeal(), webhooks_.bodies()), IsEmpty());

  const auto connection = *sqlite::Connection::Open(path_, std::chrono::seconds(5));
  const absl::Status changed =
      connection->Execute(std::string("PRAGMA foreign_keys = OFF; DROP TRIGGER facts_stay; DROP TRIGGER facts_remain;"
                                      "DROP TRIGGER audit_stays; DROP TRIGGER audit_remains;") +
                          GetParam().sql);
  ASSERT_TRUE(changed.ok()) << changed;
  const absl::StatusOr<Contents> damaged = ReadContents(path_);
  ASSERT_TRUE(damaged.ok()) << damaged.status();
  EXPECT_FALSE(damaged->doubled.empty() && damaged->faults.empty() && Differences(*sound, *damaged).empty() &&
               Unreadable(*damaged, TestSeal(), webhooks_.bodies()).empty());
}

constexpr DamageCase kDamage[] = {
    {"AnEventIsGone", "DELETE FROM events WHERE position = 20"},
    {"AnEventIsThereTwice",
     "INSERT INTO events SELECT NULL, provider, account, livemode, id, type, created_at, received_at, disposition,"
     " reason, randomblob(32), raw FROM events WHERE position = 20"},
    {"AnEventReadsOtherwise", "UPDATE events SET content = randomblob(32) WHERE position = 20"},
    {"AnEventIsParked", "UPDATE events SET disposition = 3 WHERE position = 20 AND disposition = 1"},
    {"AFactIsGone", "DELETE FROM facts WHERE fact = 5"},
    {"AFactIsForgotten", "DELETE FROM event_facts WHERE fact = 5"},
    {"AFactLeftALedger", "DELETE FROM tenant_facts WHERE fact = (SELECT min(fact) FROM tenant_facts)"},
    {"ATenantIsGone", "DELETE FROM tenant_state WHERE tenant = (SELECT min(tenant) FROM tenant_state)"},
    {"AStateIsOlder", "UPDATE tenant_state SET version = version - 1 WHERE version > 1"},
    {"AStateIsAnother", "UPDATE tenant_state SET digest = randomblob(32)"},
    {"AChangeIsMissing", "DELETE FROM change_log WHERE version = 1"},
    {"AnAuditRowIsGone", "DELETE FROM audit WHERE position = 3"},
    {"TheLastAuditRowIsGone", "DELETE FROM audit WHERE position = (SELECT max(position) FROM audit)"},
    {"AnAuditRowReadsOtherwise", "UPDATE audit SET detail = 'x' WHERE position = 3"},
    {"AWaitingFactIsForgotten", "DELETE FROM waiting_facts"},
    {"APayloadIsGone", "UPDATE events SET raw = x'' WHERE position = 20"},
    {"APayloadIsAnothers", "UPDATE events SET raw = (SELECT raw FROM events WHERE position = 19) WHERE position = 20"},
    {"ABoundaryIsForgotten", "DELETE FROM work WHERE id = (SELECT min(id) FROM work WHERE kind = 1)"},
    {"ABoundaryIsLate", "UPDATE work SET due = due + 1 WHERE id = (SELECT min(id) FROM work WHERE kind = 1)"},
    {"ABoundaryIsGivenUp", "UPDATE work SET dead = 1 WHERE id = (SELECT min(id) FROM work WHERE kind = 1)"},
    {"ABoundaryIsAnothers", "UPDATE work SET tenant = 'x' WHERE id = (SELECT min(id) FROM work WHERE kind = 1)"},
    {"ABoundaryIsNobodys",
     "INSERT INTO work SELECT NULL, kind, 'x', 'x', wanted, due, NULL, 0, 0, '', 0, created_at FROM work WHERE kind = 1"
     " LIMIT 1"},
    {"ACatalogPassIsForgotten", "DELETE FROM work WHERE kind = 4; UPDATE tenant_state SET generation = 0"},
    {"ACatalogPassStopsHalfway", "DELETE FROM work WHERE kind = 4; UPDATE marks SET text = '1 tenant-3'"},
};
INSTANTIATE_TEST_SUITE_P(Damage, Inspection, testing::ValuesIn(kDamage),
                         [](const auto& row) { return std::string(row.param.name); });

// What is known of an event at a failpoint: by other readers of the store, and to checks.
struct Standing {
  Failpoint failpoint;
  bool stored;
  bool visible;
  bool operator==(const Standing&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Standing& standing) {
  return out << static_cast<int>(standing.failpoint) << (standing.stored ? " stored" : "")
             << (standing.visible ? " visible" : "");
}

TEST(Failpoints, StandWhereTheirNamesSay) {
  const TemporaryFolder folder;
  const std::string path = folder.File("usher.db");
  const SteppingClock clock;
  const auto source = WebhookBilling();
  std::function<void(Failpoint)> pass = [](Failpoint) {};
  FailpointStore store(*sqlite::Open({.path = path}), {.pass = [&pass](Failpoint passed) { pass(passed); }});
  LedgerWorld world(store, clock, *source, WebhookCatalog());

  stripe_test::StripeEvents events(stripe_test::Family::kClassic);
  const std::string body = events.Event("customer.created", 1'767'225'600, stripe_test::Customer{.tenant = "acme"});
  std::vector<Standing> seen;
  pass = [&](Failpoint passed) {
    const bool stored = !(*store.Read())->FindEvents("stripe", "evt_Classic1")->empty();
    seen.push_back({passed, stored, world.projection.Current()->Find("acme").version == 1});
  };
  ASSERT_TRUE(Deliver(world.ingest, {.id = "evt_Classic1", .body = body}).ok());
  EXPECT_THAT(seen,
              testing::ElementsAre(
                  Standing{Failpoint::kAfterBegin, false, false}, Standing{Failpoint::kAfterEvent, false, false},
                  Standing{Failpoint::kAfterFacts, false, false}, Standing{Failpoint::kBeforeCommit, false, false},
                  Standing{Failpoint::kAfterCommit, true, false}, Standing{Failpoint::kAfterPublish, true, true}));
}

}  // namespace
}  // namespace usher
