// The ledger: facts, the graph they form, tenants' shares of it, states and the change log.
#include <set>

#include <gtest/gtest.h>

#include "tests/contract/store_contract.h"

namespace usher {
namespace {

using LedgerContract = StoreContract;

std::set<Digest> Digests(const std::vector<LedgerFact>& facts) {
  std::set<Digest> digests;
  for (const LedgerFact& fact : facts) {
    EXPECT_EQ(fact.digest, FactDigest(fact.fact));
    digests.insert(fact.digest);
  }
  return digests;
}

std::set<Digest> DigestsOf(const std::vector<Fact>& facts) {
  std::set<Digest> digests;
  for (const Fact& fact : facts) digests.insert(FactDigest(fact));
  return digests;
}

TenantState StateOf(const std::string& tenant, std::int64_t version) {
  return {.tenant = TenantId(tenant),
          .version = version,
          .trace = std::string("\0trace", 6),
          .digest = DigestOf(tenant),
          .next_boundary = kJanuary + 30 * kDay,
          .generation = 3,
          .created_at = kJanuary,
          .changed_at = kJanuary};
}

TEST_P(LedgerContract, FactsAreASet) {
  const Fact fact = PaidInvoice("in_1", "cus_1", "sub_1", "price_1", kJanuary);
  Write([&](StoreTransaction& transaction) {
    EXPECT_TRUE(Must(transaction.AddFact(fact, kJanuary)));
    EXPECT_FALSE(Must(transaction.AddFact(fact, kJanuary + kDay)));
  });
  Reopen();
  EXPECT_FALSE(Must(Begin()->AddFact(fact, kJanuary)));
  const auto facts = Must(Read()->FactsOf(fact.object));
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].fact, fact);
}

TEST_P(LedgerContract, TheConnectedPartIsReachedFromEveryObjectInIt) {
  const std::vector<Fact> part = {
      LinkOf(CustomerObject("cus_1"), "acme"), PaidInvoice("in_1", "cus_1", "sub_1", "price_1", kJanuary),
      PaidInvoice("in_2", "cus_1", "sub_1", "price_1", kJanuary + 30 * kDay),
      ActiveSubscription("sub_1", "cus_1", "price_1", kJanuary), LinkOf(CustomerObject("cus_2"), "acme")};
  const Fact stranger = PaidInvoice("in_3", "cus_3", "sub_3", "price_1", kJanuary);
  Fact other_mode = PaidInvoice("in_1", "cus_1", "sub_1", "price_1", kJanuary);
  other_mode.object.scope.livemode = true;
  Write([&](StoreTransaction& transaction) {
    for (const Fact& fact : part) Must(transaction.AddFact(fact, kJanuary));
    Must(transaction.AddFact(stranger, kJanuary));
    Must(transaction.AddFact(other_mode, kJanuary));
  });
  auto reader = Read();
  for (const ObjectRef& start :
       {CustomerObject("cus_1"), CustomerObject("cus_2"), TenantObject(TenantId("acme")),
        ObjectOf(ObjectKind::kInvoice, "in_2"), ObjectOf(ObjectKind::kSubscription, "sub_1")}) {
    EXPECT_EQ(Digests(Must(reader->ConnectedFacts(start))), DigestsOf(part)) << start.id;
  }
  EXPECT_EQ(Digests(Must(reader->ConnectedFacts(stranger.object))), DigestsOf({stranger}));
  EXPECT_EQ(Digests(Must(reader->ConnectedFacts(other_mode.object))), DigestsOf({other_mode}));
  EXPECT_TRUE(Must(reader->ConnectedFacts(CustomerObject("cus_9"))).empty());
}

TEST_P(LedgerContract, FactsWaitUntilTheyJoinALedger) {
  const Fact paid = PaidInvoice("in_1", "cus_1", "sub_1", "price_1", kJanuary);
  const Fact link = LinkOf(CustomerObject("cus_1"), "acme");
  Write([&](StoreTransaction& transaction) { Must(transaction.AddFact(paid, kJanuary)); });
  EXPECT_EQ(Must(Read()->CountWaitingFacts()), 1);
  Write([&](StoreTransaction& transaction) {
    Must(transaction.AddFact(link, kJanuary));
    Must(transaction.JoinLedger(TenantId("acme"), 1, kJanuary, std::vector{FactDigest(paid), FactDigest(link)}));
  });
  EXPECT_EQ(Must(Read()->CountWaitingFacts()), 0);
}

TEST_P(LedgerContract, AFactKeepsTheVersionAtWhichATenantLearnedIt) {
  const Fact link = LinkOf(CustomerObject("cus_1"), "acme");
  const Fact paid = PaidInvoice("in_1", "cus_1", "sub_1", "price_1", kJanuary);
  Write([&](StoreTransaction& transaction) {
    Must(transaction.AddFact(link, kJanuary));
    Must(transaction.AddFact(paid, kJanuary));
    Must(transaction.JoinLedger(TenantId("acme"), 1, kJanuary, std::vector{FactDigest(link)}));
    Must(transaction.JoinLedger(TenantId("acme"), 2, kJanuary + kDay, std::vector{FactDigest(link), FactDigest(paid)}));
    Must(transaction.JoinLedger(TenantId("other"), 7, kJanuary, std::vector{FactDigest(paid)}));
  });
  auto reader = Read();
  const auto ledger = Must(reader->TenantFacts(TenantId("acme"), std::nullopt));
  ASSERT_EQ(ledger.size(), 2u);
  EXPECT_EQ(ledger[0].fact, link);
  EXPECT_EQ(ledger[0].version, 1);
  EXPECT_EQ(ledger[0].learned_at, kJanuary);
  EXPECT_EQ(ledger[1].fact, paid);
  EXPECT_EQ(ledger[1].version, 2);
  EXPECT_EQ(Must(reader->TenantFacts(TenantId("other"), std::nullopt)).size(), 1u);
  EXPECT_EQ(Must(reader->TenantFactDigests(TenantId("other"))), std::vector{FactDigest(paid)});
  EXPECT_EQ(Must(reader->TenantFactDigests(TenantId("acme"))).size(), 2u);
  EXPECT_TRUE(Must(reader->TenantFacts(TenantId("nobody"), std::nullopt)).empty());
}

TEST_P(LedgerContract, TheLedgerCanBeReadAsItWasKnownThen) {
  const Fact link = LinkOf(CustomerObject("cus_1"), "acme");
  const Fact paid = PaidInvoice("in_1", "cus_1", "sub_1", "price_1", kJanuary);
  Write([&](StoreTransaction& transaction) {
    Must(transaction.AddFact(link, kJanuary));
    Must(transaction.AddFact(paid, kJanuary));
    Must(transaction.JoinLedger(TenantId("acme"), 1, kJanuary + kDay, std::vector{FactDigest(link)}));
    Must(transaction.JoinLedger(TenantId("acme"), 2, kJanuary + 2 * kDay, std::vector{FactDigest(paid)}));
  });
  auto reader = Read();
  EXPECT_EQ(Must(reader->TenantFacts(TenantId("acme"), kJanuary)).size(), 0u);
  EXPECT_EQ(Must(reader->TenantFacts(TenantId("acme"), kJanuary + kDay)).size(), 1u);
  EXPECT_EQ(Must(reader->TenantFacts(TenantId("acme"), kJanuary + 2 * kDay)).size(), 2u);
}

TEST_P(LedgerContract, ATenantStateIsReplacedAndKeepsItsBirth) {
  Write([&](StoreTransaction& transaction) { Must(transaction.PutTenantState(StateOf("acme", 1))); });
  TenantState later = StateOf("acme", 2);
  later.created_at = later.changed_at = kJanuary + kDay;
  later.next_boundary = kForever;
  later.digest = DigestOf("later");
  Write([&](StoreTransaction& transaction) { Must(transaction.PutTenantState(later)); });
  Reopen();
  const auto state = Must(Read()->FindTenantState(TenantId("acme")));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->version, 2);
  EXPECT_EQ(state->trace, later.trace);
  EXPECT_EQ(state->digest, later.digest);
  EXPECT_EQ(state->next_boundary, kForever);
  EXPECT_EQ(state->generation, 3);
  EXPECT_EQ(state->created_at, kJanuary);
  EXPECT_EQ(state->changed_at, kJanuary + kDay);
  EXPECT_FALSE(Must(Read()->FindTenantState(TenantId("Acme"))).has_value());
}

TEST_P(LedgerContract, TenantsAreListedInByteOrderInPages) {
  Write([&](StoreTransaction& transaction) {
    for (const char* tenant : {"b", "a", "B", "a:1", "a_1"}) Must(transaction.PutTenantState(StateOf(tenant, 1)));
  });
  auto reader = Read();
  std::vector<std::string> seen;
  TenantId after;
  while (true) {
    const auto page = Must(reader->ListTenantStates(after, 2));
    if (page.empty()) break;
    for (const TenantState& state : page) seen.push_back(state.tenant.str());
    after = page.back().tenant;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"B", "a", "a:1", "a_1", "b"}));
}

TEST_P(LedgerContract, TheChangeLogIsFollowedWithoutLossOrRepetition) {
  Write([&](StoreTransaction& transaction) {
    for (std::int64_t version = 1; version <= 3; ++version) {
      Must(transaction.AppendChange({TenantId("acme"), version, DigestOf("a")}));
    }
  });
  ChangeCursor cursor;
  std::vector<std::int64_t> versions;
  const auto follow = [&] {
    while (true) {
      const Changes changes = Must(Read()->ReadChanges(cursor, 2));
      for (const ChangeRow& row : changes.rows) versions.push_back(row.version);
      if (changes.rows.empty() && changes.next.text == cursor.text) return;
      cursor = changes.next;
    }
  };
  follow();
  EXPECT_EQ(versions, (std::vector<std::int64_t>{1, 2, 3}));
  Write([&](StoreTransaction& transaction) { Must(transaction.AppendChange({TenantId("acme"), 4, DigestOf("b")})); });
  Reopen();
  follow();
  EXPECT_EQ(versions, (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST_P(LedgerContract, AVersionIsTakenOnce) {
  Write([&](StoreTransaction& transaction) { Must(transaction.AppendChange({TenantId("acme"), 1, DigestOf("a")})); });
  EXPECT_FALSE(Begin()->AppendChange({TenantId("acme"), 1, DigestOf("b")}).ok());
}

TEST_P(LedgerContract, AForeignCursorIsRefused) {
  for (const char* text : {"x", "-1", "1 ", "99999999999999999999"}) {
    EXPECT_EQ(Read()->ReadChanges({text}, 10).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, LedgerContract, testing::ValuesIn(StoreEngines()), testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
