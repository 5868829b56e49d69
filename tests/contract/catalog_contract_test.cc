// Catalogs and generations, and the audit log.
#include <gtest/gtest.h>

#include "tests/contract/store_contract.h"

namespace usher {
namespace {

using CatalogContract = StoreContract;
using AuditContract = StoreContract;

void Activate(StoreTransaction& transaction, std::int64_t number, const std::string& source, Instant at) {
  Must(transaction.PutCatalog({.hash = DigestOf(source), .name = "acme", .source = source}));
  Must(transaction.AppendGeneration({.number = number, .hash = DigestOf(source), .actor = "file", .at = at}));
}

TEST_P(CatalogContract, AnEmptyStoreHasNoGeneration) {
  EXPECT_FALSE(Must(Read()->LatestGeneration()).has_value());
  EXPECT_FALSE(Must(Read()->FindCatalog(DigestOf("a"))).has_value());
  EXPECT_FALSE(Must(Read()->FindPublished("growth@1")).has_value());
}

TEST_P(CatalogContract, EveryCatalogEverLiveIsKept) {
  Write([&](StoreTransaction& transaction) {
    Activate(transaction, 1, "a", kJanuary);
    Activate(transaction, 2, "b", kJanuary + kDay);
    Activate(transaction, 3, "a", kJanuary + 2 * kDay);
  });
  Reopen();
  auto reader = Read();
  const auto latest = Must(reader->LatestGeneration());
  ASSERT_TRUE(latest.has_value());
  EXPECT_EQ(latest->number, 3);
  EXPECT_EQ(latest->hash, DigestOf("a"));
  EXPECT_EQ(latest->actor, "file");
  EXPECT_EQ(latest->at, kJanuary + 2 * kDay);
  EXPECT_EQ(Must(reader->FindCatalog(DigestOf("b")))->source, "b");
}

TEST_P(CatalogContract, TellsWhichGenerationWasActiveThen) {
  Write([&](StoreTransaction& transaction) {
    Activate(transaction, 1, "a", kJanuary);
    Activate(transaction, 2, "b", kJanuary + kDay);
  });
  auto reader = Read();
  EXPECT_FALSE(Must(reader->GenerationAt(kJanuary - Millis(1))).has_value());
  EXPECT_EQ(Must(reader->GenerationAt(kJanuary))->number, 1);
  EXPECT_EQ(Must(reader->GenerationAt(kJanuary + kDay - Millis(1)))->number, 1);
  EXPECT_EQ(Must(reader->GenerationAt(kJanuary + kDay))->number, 2);
}

TEST_P(CatalogContract, AGenerationIsAppendedByCompareAndSet) {
  Write([&](StoreTransaction& transaction) { Activate(transaction, 1, "a", kJanuary); });
  for (const std::int64_t number : {0, 1, 3}) {
    auto transaction = Begin();
    const absl::Status appended = transaction->AppendGeneration({number, DigestOf("a"), "file", kJanuary});
    EXPECT_EQ(appended.code(), absl::StatusCode::kAborted) << number;
  }
}

TEST_P(CatalogContract, AGenerationNeedsItsCatalog) {
  auto transaction = Begin();
  const absl::Status appended = transaction->AppendGeneration({1, DigestOf("unknown"), "file", kJanuary});
  EXPECT_FALSE(appended.ok() && transaction->Commit().ok());
}

TEST_P(CatalogContract, RemembersWhatAPublishedNameMeans) {
  Write([&](StoreTransaction& transaction) {
    Must(transaction.PutPublished("growth@1", DigestOf("a")));
    Must(transaction.PutPublished("growth@2", DigestOf("b")));
    Must(transaction.PutPublished("growth@2", DigestOf("c")));
  });
  EXPECT_EQ(Must(Read()->FindPublished("growth@1")), DigestOf("a"));
  EXPECT_EQ(Must(Read()->FindPublished("growth@2")), DigestOf("c"));
}

AuditRecord RecordOf(int n) {
  return {.at = kJanuary + Millis(n),
          .actor = "stripe",
          .action = "LEDGER_CHANGED",
          .tenant = n % 2 == 0 ? "" : "acme",
          .detail = "change " + std::to_string(n)};
}

TEST_P(AuditContract, EveryRowIsSealedToTheOneBefore) {
  for (int batch = 0; batch < 3; ++batch) {
    Write([&](StoreTransaction& transaction) {
      Must(transaction.AppendAudit(RecordOf(2 * batch)));
      Must(transaction.AppendAudit(RecordOf(2 * batch + 1)));
    });
    Reopen();
  }
  const auto rows = Must(Read()->ListAudit(0, 100));
  ASSERT_EQ(rows.size(), 6u);
  Digest previous;
  for (int n = 0; n < 6; ++n) {
    const AuditRow& row = rows[static_cast<std::size_t>(n)];
    EXPECT_EQ(row.position, n + 1);
    EXPECT_EQ(row.record, RecordOf(n));
    EXPECT_EQ(row.previous, previous);
    EXPECT_EQ(row.hash, AuditHash(previous, row.record));
    previous = row.hash;
  }
  EXPECT_EQ(Must(Read()->ListAudit(4, 1)).at(0).position, 5);
}

TEST_P(AuditContract, AnUndoneRowLeavesNoGap) {
  Must(Begin()->AppendAudit(RecordOf(9)));
  Write([&](StoreTransaction& transaction) { Must(transaction.AppendAudit(RecordOf(1))); });
  const auto rows = Must(Read()->ListAudit(0, 100));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].position, 1);
  EXPECT_EQ(rows[0].record, RecordOf(1));
}

INSTANTIATE_TEST_SUITE_P(Engines, CatalogContract, testing::ValuesIn(StoreEngines()),
                         testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(Engines, AuditContract, testing::ValuesIn(StoreEngines()), testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
