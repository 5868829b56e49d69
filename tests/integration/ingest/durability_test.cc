// What a history amounts to does not depend on the order, the repetition, the restarts, the failures or the threads
// that its events met.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/core/canonical_codec.h"
#include "server/core/trace_fields.h"
#include "server/storage/sqlite/connection.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

constexpr int kOrders = 100;

// A refund of the whole payment of `invoice`.
Fact RefundOf(const std::string& invoice, Instant at) {
  RefundFact refund;
  refund.status = RefundStatus::kSucceeded;
  refund.charge = "ch_" + invoice;
  refund.amount = 4900;
  return {ObjectOf(ObjectKind::kRefund, "re_" + invoice), at, refund};
}

Fact ChargeOf(const std::string& invoice, const std::string& customer, Instant at) {
  ChargeFact charge;
  charge.status = ChargeStatus::kSucceeded;
  charge.customer = customer;
  charge.invoice = invoice;
  charge.amount = 4900;
  return {ObjectOf(ObjectKind::kCharge, "ch_" + invoice), at, charge};
}

// Six tenants, of which two share a customer; links, subscriptions, three months of invoices, charges and refunds.
std::vector<ParsedEvent> History() {
  std::vector<ParsedEvent> events;
  const auto say = [&](std::vector<Fact> facts) {
    events.push_back(EventThatSays("evt_" + std::to_string(events.size()), std::move(facts)));
  };
  for (int n = 0; n < 6; ++n) {
    const std::string tenant = "tenant-" + std::to_string(n);
    const std::string customer = "cus_" + std::to_string(n == 5 ? 4 : n);
    const std::string subscription = "sub_" + std::to_string(n);
    const Instant start = kJanuary + n * kDay;
    if (n < 4) {
      say({LinkOf(CustomerObject(customer), tenant, start)});
    } else {
      say({LinkOf(ObjectOf(ObjectKind::kSubscription, subscription), tenant, start)});
    }
    say({ActiveSubscription(subscription, customer, "price_growth", start)});
    for (int month = 0; month < 3; ++month) {
      const std::string invoice = "in_" + std::to_string(n) + "_" + std::to_string(month);
      const Instant paid = start + 30 * month * kDay;
      say({PaidInvoice(invoice, customer, subscription, month == 1 ? "price_unknown" : "price_growth", paid),
           ChargeOf(invoice, customer, paid)});
      if ((n + month) % 3 == 0) say({RefundOf(invoice, paid + 5 * kDay)});
    }
  }
  say({LinkOf(CustomerObject("cus_1"), "tenant-0", kJanuary + 40 * kDay, LinkTrust::kOperator)});
  return events;
}

// A trace as a program with other rules would have stored it.
std::string BytesByRules(std::int64_t version, const Trace& trace) {
  CanonicalEncoder encoder;
  encoder.Put(version);
  encoder.Put(trace);
  return encoder.Take();
}

Trace NothingBought(const std::string& tenant) {
  Trace trace;
  trace.tenant = TenantId(tenant);
  trace.known = true;
  return trace;
}

using Digests = std::map<std::string, Digest>;

class DurabilityTest : public LedgerTest {
 protected:
  static Digests DigestsOf(Store& store) {
    Digests digests;
    for (const TenantState& state : StatesIn(store)) {
      digests[state.tenant.str()] = state.digest;
    }
    return digests;
  }

  // The projection answers exactly what the store holds.
  static void ExpectInStep(const LedgerWorld& world, Store& store) {
    for (const TenantState& state : StatesIn(store)) {
      const WorldTenant projected = world.Tenant(state.tenant.str());
      EXPECT_EQ(projected.version, state.version) << state.tenant.str();
      EXPECT_EQ(projected.digest, state.digest) << state.tenant.str();
    }
  }

  // The versions of every tenant go up by one, and the audit chain holds.
  static void ExpectSoundLogs(Store& store) {
    std::map<TenantId, std::int64_t> versions;
    for (const ChangeRow& row : ChangesIn(store)) {
      EXPECT_EQ(row.version, ++versions[row.tenant]);
    }
    Digest previous;
    for (const AuditRow& row : AuditIn(store)) {
      EXPECT_EQ(row.previous, previous);
      EXPECT_EQ(row.hash, AuditHash(previous, row.record));
      previous = row.hash;
    }
  }

  // Puts `trace` and its digest in the place of what the store holds.
  void StoreTrace(const std::string& tenant, const std::string& trace) {
    auto connection = sqlite::Connection::Open(folder_.File("usher.db"), std::chrono::seconds(5));
    ASSERT_TRUE(connection.ok()) << connection.status();
    const absl::Status stored = (*connection)
                                    ->Run("UPDATE tenant_state SET trace = ?, digest = ? WHERE tenant = ?",
                                          sqlite::Blob{trace}, Sha256(trace), tenant);
    ASSERT_TRUE(stored.ok()) << stored;
  }

  // A store and a world of their own, for one way to live through the history.
  struct Life {
    explicit Life(const Clock& clock, const BillingSource& source)
        : store(*sqlite::Open({.path = folder.File("usher.db")})), world(*store, clock, source, TestCatalog()) {}
    TemporaryFolder folder;
    std::unique_ptr<Store> store;
    LedgerWorld world;
  };

  std::vector<std::string> Script() {
    std::vector<std::string> raws;
    for (ParsedEvent& event : History()) raws.push_back(source_.Say(std::move(event)));
    return raws;
  }

  Digests Expected(const std::vector<std::string>& raws) {
    Life life(clock_, source_);
    for (const std::string& raw : raws) life.world.Deliver(raw);
    return DigestsOf(*life.store);
  }
};

TEST_F(DurabilityTest, EveryOrderWithRepetitionsGivesEqualDigests) {
  std::vector<std::string> raws = Script();
  const Digests expected = Expected(raws);
  EXPECT_EQ(expected.size(), 6u);
  std::mt19937 random(20260101);
  int delivered = 0;
  for (int order = 0; order < kOrders; ++order) {
    std::vector<std::string> deliveries = raws;
    for (std::size_t repeated = 0; repeated < raws.size() / 4; ++repeated) {
      deliveries.push_back(raws[random() % raws.size()]);
    }
    std::shuffle(deliveries.begin(), deliveries.end(), random);
    Life life(clock_, source_);
    for (const std::string& raw : deliveries) life.world.Deliver(raw);
    delivered += static_cast<int>(deliveries.size());
    ASSERT_EQ(DigestsOf(*life.store), expected) << "order " << order;
    EXPECT_EQ((*life.store->Read())->CountEvents()->applied, static_cast<std::int64_t>(raws.size()));
    EXPECT_EQ(*(*life.store->Read())->CountWaitingFacts(), 0);
    ExpectInStep(life.world, *life.store);
    ExpectSoundLogs(*life.store);
  }
  RecordProperty("histories", kOrders);
  RecordProperty("events", delivered);
}

TEST_F(DurabilityTest, ARestartAfterEveryEventChangesNothing) {
  const std::vector<std::string> raws = Script();
  const Digests expected = Expected(raws);
  for (const std::string& raw : raws) {
    world_->Deliver(raw);
    const Digests before = DigestsOf(*store_);
    Restart();
    EXPECT_EQ(DigestsOf(*store_), before);
    ExpectInStep(*world_, *store_);
  }
  EXPECT_EQ(DigestsOf(*store_), expected);
}

TEST_F(DurabilityTest, ATraceThatCannotBeReadIsDerivedFromTheFacts) {
  for (const std::string& raw : Script()) world_->Deliver(raw);
  const WorldTenant before = world_->Tenant("tenant-0");
  StoreTrace("tenant-0", "\xff");
  Restart();
  EXPECT_EQ(*world_->Tenant("tenant-0").timeline, *before.timeline);
  EXPECT_EQ(world_->Tenant("tenant-0").version, before.version);
}

TEST_F(DurabilityTest, ATraceOfOtherRulesIsDerivedFromTheFacts) {
  for (const std::string& raw : Script()) world_->Deliver(raw);
  const WorldTenant before = world_->Tenant("tenant-0");
  for (const std::int64_t rules : {kRulesVersion - 1, kRulesVersion + 1}) {
    StoreTrace("tenant-0", BytesByRules(rules, NothingBought("tenant-0")));
    Restart();
    EXPECT_EQ(*world_->Tenant("tenant-0").timeline, *before.timeline) << rules;
    EXPECT_EQ(world_->Tenant("tenant-0").version, before.version) << rules;
    EXPECT_EQ(world_->Tenant("tenant-0").digest, before.digest) << rules;
  }
}

TEST_F(DurabilityTest, ATraceOfThePresentRulesIsNotDerivedAgain) {
  for (const std::string& raw : Script()) world_->Deliver(raw);
  const Trace stored = NothingBought("tenant-0");
  StoreTrace("tenant-0", BytesByRules(kRulesVersion, stored));
  Restart();
  EXPECT_EQ(*world_->Tenant("tenant-0").timeline, Resolve(stored, *world_->projection.Current()->catalog()));
}

// Else what it grants could depend on whether the process was started since.
TEST_F(DurabilityTest, TheNextFactReplacesATraceOfOtherRulesEvenWhenItTellsNothingNew) {
  Deliver(EventThatSays("evt_1", {LinkOf(CustomerObject("cus_1"), "acme"),
                                  PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary)}));
  const TenantState before = StatesIn(*store_).front();
  StoreTrace("acme", BytesByRules(kRulesVersion + 1, *DecodeTrace(before.trace)));
  Restart();
  Deliver(EventThatSays("evt_2", {LinkOf(CustomerObject("cus_1"), "acme", kJanuary + kDay)}));
  const TenantState after = StatesIn(*store_).front();
  EXPECT_EQ(after.trace, before.trace);
  EXPECT_EQ(after.digest, before.digest);
  EXPECT_EQ(after.version, before.version + 1);
  ExpectInStep(*world_, *store_);
}

// Whichever step of the transaction fails, nothing of the event is there, and its next delivery is as good as new.
TEST_F(DurabilityTest, AFailureAtAnyStepLeavesNothing) {
  const std::vector<std::string> raws = {
      source_.Say(EventThatSays("evt_a", {LinkOf(CustomerObject("cus_1"), "acme")})),
      source_.Say(EventThatSays("evt_b", {PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary),
                                          LinkOf(CustomerObject("cus_1"), "other", kJanuary, LinkTrust::kOperator)}))};
  FaultyStore faulty(*store_);
  Writer writer(faulty, world_->projection);
  Ingest ingest(faulty, writer, world_->projection, clock_, clock_, world_->sources, world_->seal);
  const auto deliver = [&](const std::string& raw) {
    return ingest.RelayWebhook(
        {.provider = "stripe", .raw = raw, .headers = {{"signature", "good"}}, .received_at = std::nullopt});
  };
  ASSERT_TRUE(deliver(raws[0]).ok());
  const Digests before = DigestsOf(*store_);
  const std::size_t audited = Read()->ListAudit(0, 1000)->size();

  int failures = 0;
  for (int step = 1;; ++step) {
    faulty.FailAt(step, step % 2 == 0 ? Unavailable("gone") : ResourceExhausted("full"));
    const auto outcome = deliver(raws[1]);
    if (outcome.ok()) break;
    ++failures;
    EXPECT_EQ(DigestsOf(*store_), before) << "step " << step;
    EXPECT_EQ(Read()->ListAudit(0, 1000)->size(), audited) << "step " << step;
    EXPECT_TRUE(Read()->FindEvents("stripe", "evt_b")->empty()) << "step " << step;
    EXPECT_TRUE(Read()->FactsOf(ObjectOf(ObjectKind::kInvoice, "in_1"))->empty()) << "step " << step;
    EXPECT_FALSE(world_->Tenant("other").timeline->known) << "step " << step;
  }
  EXPECT_GT(failures, 15);
  EXPECT_EQ(world_->Tenant("acme").version, 2);
  EXPECT_EQ(world_->Tenant("other").version, 1);
  ExpectInStep(*world_, *store_);
  ExpectSoundLogs(*store_);
}

TEST_F(DurabilityTest, ConcurrentDeliveriesActivationsAndChecksEndInTheSameState) {
  const std::vector<std::string> raws = Script();
  const Digests expected = Expected(raws);
  constexpr int kThreads = 4;
  std::atomic<int> applied = 0;
  std::atomic<int> duplicates = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> delivering;
  for (int thread = 0; thread < kThreads; ++thread) {
    delivering.emplace_back([&, thread] {
      std::mt19937 random(static_cast<unsigned>(thread));
      std::vector<std::string> deliveries = raws;
      std::shuffle(deliveries.begin(), deliveries.end(), random);
      for (const std::string& raw : deliveries) {
        const EventOutcome outcome = world_->Deliver(raw);
        ++(outcome.disposition == Disposition::kApplied ? applied : duplicates);
        if (outcome.revision.empty()) continue;
        EXPECT_TRUE(world_->projection.Await(*DecodeRevision(outcome.revision), std::chrono::milliseconds(0)).ok())
            << "an acknowledged event is visible";
      }
    });
  }
  std::thread checking([&] {
    while (!done) {
      for (int n = 0; n < 6; ++n) world_->StateOf("tenant-" + std::to_string(n), "sso", kJanuary + 10 * kDay);
    }
  });
  for (int n = 0; n < 6; ++n) {
    const std::string price = n % 2 == 0 ? "    price_unknown: { plan: growth@1 }\n" : "";
    const auto activation = world_->Activate(TestCatalog(price));
    EXPECT_TRUE(activation.ok()) << activation.status();
  }
  for (std::thread& thread : delivering) thread.join();
  done = true;
  checking.join();

  EXPECT_EQ(applied, static_cast<int>(raws.size()));
  EXPECT_EQ(duplicates, static_cast<int>(raws.size()) * (kThreads - 1));
  EXPECT_EQ(DigestsOf(*store_), expected);
  ExpectInStep(*world_, *store_);
  ExpectSoundLogs(*store_);
  const Projection::View view = *world_->projection.Current();
  EXPECT_EQ(view.generation(), 7);
  for (const TenantState& state : StatesIn(*store_)) {
    ExpectSameAnswers(*view.catalog(), view.Find(state.tenant).outlook,
                      Resolve(*DecodeTrace(state.trace), *view.catalog()));
  }
}

}  // namespace
}  // namespace usher
