// The inbox: events as rows.
#include <gtest/gtest.h>

#include "tests/contract/store_contract.h"

namespace usher {
namespace {

using InboxContract = StoreContract;

EventRow ParkedEvent(const std::string& id, const std::string& content) {
  return {.position = 0,
          .scope = kTestScope,
          .id = id,
          .type = "invoice.paid",
          .created = kJanuary,
          .received = kJanuary + Millis(1500),
          .disposition = EventDisposition::kParked,
          .reason = "data.object.lines is missing",
          .content = DigestOf(content),
          .raw = std::string("{\"id\":\0x}", 9)};
}

void ExpectEqual(const EventRow& row, const EventRow& expected) {
  EXPECT_EQ(row.scope, expected.scope);
  EXPECT_EQ(row.id, expected.id);
  EXPECT_EQ(row.type, expected.type);
  EXPECT_EQ(row.created, expected.created);
  EXPECT_EQ(row.received, expected.received);
  EXPECT_EQ(row.disposition, expected.disposition);
  EXPECT_EQ(row.reason, expected.reason);
  EXPECT_EQ(row.content, expected.content);
  EXPECT_EQ(row.raw, expected.raw);
}

std::vector<std::string> Ids(const std::vector<EventRow>& rows) {
  std::vector<std::string> ids;
  for (const EventRow& row : rows) ids.push_back(row.id);
  return ids;
}

TEST_P(InboxContract, AnEventComesBackByteForByte) {
  const EventRow event = ParkedEvent("evt_1", "a");
  Write([&](StoreTransaction& transaction) { Must(transaction.InsertEvent(event)); });
  Reopen();
  const auto rows = Must(Read()->FindEvents(kTestScope, "evt_1"));
  ASSERT_EQ(rows.size(), 1u);
  ExpectEqual(rows[0], event);
}

TEST_P(InboxContract, TheSameIdInAnotherScopeIsAnotherEvent) {
  EventRow live = ParkedEvent("evt_1", "a");
  live.scope.livemode = true;
  EventRow connected = ParkedEvent("evt_1", "a");
  connected.scope.account = "acct_2";
  Write([&](StoreTransaction& transaction) {
    Must(transaction.InsertEvent(ParkedEvent("evt_1", "a")));
    Must(transaction.InsertEvent(live));
    Must(transaction.InsertEvent(connected));
  });
  auto reader = Read();
  EXPECT_EQ(Must(reader->FindEvents(live.scope, "evt_1")).size(), 1u);
  EXPECT_EQ(Must(reader->FindEvents(connected.scope, "evt_1")).size(), 1u);
  EXPECT_EQ(Must(reader->FindEvents("stripe", "evt_1")).size(), 3u);
  EXPECT_EQ(Must(reader->FindEvents("other", "evt_1")).size(), 0u);
}

TEST_P(InboxContract, OneContentOfOneIdIsStoredOnce) {
  Write([&](StoreTransaction& transaction) {
    Must(transaction.InsertEvent(ParkedEvent("evt_1", "a")));
    Must(transaction.InsertEvent(ParkedEvent("evt_1", "b")));
  });
  EXPECT_FALSE(Begin()->InsertEvent(ParkedEvent("evt_1", "a")).ok());
  EXPECT_EQ(Must(Read()->FindEvents(kTestScope, "evt_1")).size(), 2u);
}

TEST_P(InboxContract, ListsTheLastReceivedFirstInPages) {
  Write([&](StoreTransaction& transaction) {
    for (const char* id : {"evt_1", "evt_2", "evt_3"}) {
      EventRow event = ParkedEvent(id, id);
      if (event.id == "evt_2") event.disposition = EventDisposition::kApplied;
      Must(transaction.InsertEvent(event));
    }
  });
  auto reader = Read();
  const auto page = Must(reader->ListEvents({.disposition = {}, .before = {}, .limit = 2}));
  EXPECT_EQ(Ids(page), (std::vector<std::string>{"evt_3", "evt_2"}));
  const auto rest = Must(reader->ListEvents({.disposition = {}, .before = page.back().position, .limit = 2}));
  EXPECT_EQ(Ids(rest), (std::vector<std::string>{"evt_1"}));
  const auto parked = Must(reader->ListEvents({.disposition = EventDisposition::kParked, .before = {}, .limit = 9}));
  EXPECT_EQ(Ids(parked), (std::vector<std::string>{"evt_3", "evt_1"}));
}

TEST_P(InboxContract, CountsByDisposition) {
  Write([&](StoreTransaction& transaction) {
    int n = 0;
    for (const EventDisposition disposition :
         {EventDisposition::kApplied, EventDisposition::kApplied, EventDisposition::kApplied,
          EventDisposition::kIgnored, EventDisposition::kIgnored, EventDisposition::kParked}) {
      EventRow event = ParkedEvent("evt_" + std::to_string(++n), "a");
      event.disposition = disposition;
      Must(transaction.InsertEvent(event));
    }
  });
  const EventCounts counts = Must(Read()->CountEvents());
  EXPECT_EQ(counts.applied, 3);
  EXPECT_EQ(counts.ignored, 2);
  EXPECT_EQ(counts.parked, 1);
  EXPECT_EQ(Must(Read()->CountParkedEvents()), 1);
}

TEST_P(InboxContract, CountsIgnoredEventsByScopeWithTheTimeOfTheLast) {
  const BillingScope live{.provider = "stripe", .account = "", .livemode = true};
  const BillingScope connected{.provider = "stripe", .account = "acct_2", .livemode = false};
  Write([&](StoreTransaction& transaction) {
    const auto ignore = [&](const std::string& id, const BillingScope& scope, Instant received) {
      EventRow event = ParkedEvent(id, "a");
      event.scope = scope;
      event.received = received;
      event.disposition = EventDisposition::kIgnored;
      event.position = Must(transaction.InsertEvent(event));
      return event;
    };
    ignore("evt_1", connected, kJanuary);
    ignore("evt_2", live, kJanuary + 2 * kDay);
    ignore("evt_3", live, kJanuary + kDay);
    ignore("evt_4", kTestScope, kJanuary);
    EventRow counts_now = ignore("evt_5", kTestScope, kJanuary + kDay);
    counts_now.disposition = EventDisposition::kApplied;
    Must(transaction.UpdateEvent(counts_now));
    Must(transaction.InsertEvent(ParkedEvent("evt_6", "a")));
  });
  const auto ignored = Must(Read()->CountIgnoredEvents());
  ASSERT_EQ(ignored.size(), 3u);
  EXPECT_EQ(ignored[0].scope, kTestScope);
  EXPECT_EQ(ignored[0].count, 1);
  EXPECT_EQ(ignored[0].last_received, kJanuary);
  EXPECT_EQ(ignored[1].scope, live);
  EXPECT_EQ(ignored[1].count, 2);
  EXPECT_EQ(ignored[1].last_received, kJanuary + 2 * kDay);
  EXPECT_EQ(ignored[2].scope, connected);
  EXPECT_EQ(ignored[2].count, 1);
}

TEST_P(InboxContract, NothingIgnoredIsNoScope) {
  Write([&](StoreTransaction& transaction) { Must(transaction.InsertEvent(ParkedEvent("evt_1", "a"))); });
  EXPECT_TRUE(Must(Read()->CountIgnoredEvents()).empty());
}

TEST_P(InboxContract, AnUpdateReplacesWhatAnEventAmountsTo) {
  EventRow event = ParkedEvent("evt_1", "a");
  Write([&](StoreTransaction& transaction) { event.position = Must(transaction.InsertEvent(event)); });
  event.disposition = EventDisposition::kApplied;
  event.reason = "";
  event.content = DigestOf("b");
  event.raw = "{}";
  Write([&](StoreTransaction& transaction) { Must(transaction.UpdateEvent(event)); });
  const auto rows = Must(Read()->FindEvents(kTestScope, "evt_1"));
  ASSERT_EQ(rows.size(), 1u);
  ExpectEqual(rows[0], event);
}

TEST_P(InboxContract, AnUpdateOfNoEventFails) {
  EventRow event = ParkedEvent("evt_1", "a");
  event.position = 77;
  EXPECT_EQ(Begin()->UpdateEvent(event).code(), absl::StatusCode::kInternal);
}

TEST_P(InboxContract, PrunesThePayloadsOfOldSettledEventsAndNothingElse) {
  const auto received = [](const std::string& id, Instant at, EventDisposition disposition) {
    EventRow event = ParkedEvent(id, id);
    event.received = at;
    event.disposition = disposition;
    return event;
  };
  const EventRow old = received("evt_old", kJanuary, EventDisposition::kApplied);
  const EventRow older = received("evt_older", kJanuary - Millis(1), EventDisposition::kIgnored);
  const EventRow parked = received("evt_parked", kJanuary - Millis(2), EventDisposition::kParked);
  const EventRow fresh = received("evt_new", kJanuary + Millis(1), EventDisposition::kApplied);
  Write([&](StoreTransaction& transaction) {
    for (const EventRow& event : {old, older, parked, fresh}) Must(transaction.InsertEvent(event));
  });
  const auto prune = [&] {
    std::int64_t pruned = 0;
    Write([&](StoreTransaction& transaction) { pruned = Must(transaction.PrunePayloads(kJanuary + Millis(1), 1)); });
    return pruned;
  };
  const auto kept = [&](EventRow event) {
    const auto rows = Must(Read()->FindEvents(kTestScope, event.id));
    EXPECT_EQ(rows.size(), 1u);
    const bool raw = !rows.at(0).raw.empty();
    event.raw = rows.at(0).raw;
    ExpectEqual(rows.at(0), event);
    return raw;
  };
  EXPECT_EQ(prune(), 1);
  EXPECT_FALSE(kept(older));
  EXPECT_TRUE(kept(old));
  EXPECT_EQ(prune(), 1);
  EXPECT_FALSE(kept(old));
  EXPECT_EQ(prune(), 0);
  EXPECT_TRUE(kept(parked));
  EXPECT_TRUE(kept(fresh));
}

TEST_P(InboxContract, KnowsWhatAnEventTaughtAndWhomItChanged) {
  const Fact link = LinkOf(CustomerObject("cus_1"), "acme");
  const Digest digest = FactDigest(link);
  Write([&](StoreTransaction& transaction) {
    const std::int64_t first = Must(transaction.InsertEvent(ParkedEvent("evt_1", "a")));
    const std::int64_t second = Must(transaction.InsertEvent(ParkedEvent("evt_2", "a")));
    EXPECT_LT(first, second);
    Must(transaction.AddFact(link, kJanuary));
    for (const std::int64_t position : {first, second, second}) {
      Must(transaction.AddEventFacts(position, std::vector{digest}));
      Must(transaction.AddEventTenants(position, std::vector{TenantId("acme"), TenantId("abc")}));
    }
  });
  auto reader = Read();
  const auto events = Must(reader->EventsThatTaught(digest));
  EXPECT_EQ(Ids(events), (std::vector<std::string>{"evt_1", "evt_2"}));
  EXPECT_EQ(Must(reader->EventTenants(events[1].position)), (std::vector{TenantId("abc"), TenantId("acme")}));
  EXPECT_TRUE(Must(reader->EventsThatTaught(DigestOf("nothing"))).empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, InboxContract, testing::ValuesIn(StoreEngines()), testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
