// What only the embedded store has: its file, its schema, its words when something is wrong.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/file_lock.h"
#include "server/storage/sqlite/migrate.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/store.h"
#include "tests/support/ledger_facts.h"
#include "tests/support/read_file.h"
#include "tests/support/temporary_folder.h"

namespace usher::sqlite {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

constexpr std::chrono::milliseconds kNoWait{0};

absl::StatusOr<std::string> ReadText(const Columns& columns) { return columns.Text(0); }

std::unique_ptr<Connection> Connect(const std::string& path) {
  auto connection = Connection::Open(path, kNoWait);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return *std::move(connection);
}

class SqliteFile : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Store>> OpenStore() { return Open({.path = path_, .readers = 2, .wait = kNoWait}); }

  TemporaryFolder folder_;
  const std::string path_ = folder_.File("usher.db");
};

TEST_F(SqliteFile, EveryTableIsTaggedAndStrict) {
  ASSERT_TRUE(OpenStore().ok());
  auto connection = Connect(path_);
  const auto tables =
      connection->Select(ReadText, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_GT(tables->size(), 10u);
  for (const std::string& sql : *tables) {
    const std::string first_line = sql.substr(0, sql.find('\n'));
    EXPECT_THAT(first_line, testing::MatchesRegex("CREATE TABLE [a-z_]+ \\(  -- (tenant|scope|global)")) << sql;
  }
  const auto loose = connection->Select(ReadText,
                                        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict"
                                        " AND name NOT LIKE 'sqlite_%'");
  ASSERT_TRUE(loose.ok()) << loose.status();
  EXPECT_TRUE(loose->empty()) << loose->front() << " is not STRICT";
}

TEST_F(SqliteFile, TenantTablesLeadTheirKeysWithTheTenant) {
  ASSERT_TRUE(OpenStore().ok());
  auto connection = Connect(path_);
  const auto keys = connection->Select(
      ReadText,
      "SELECT tables.name || '.' || first.name FROM sqlite_schema AS tables, pragma_index_list(tables.name) AS keys,"
      " pragma_index_info(keys.name) AS first WHERE tables.type = 'table' AND tables.sql LIKE '%(  -- tenant%'"
      " AND keys.\"unique\" AND first.seqno = 0");
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_THAT(*keys, Contains("tenant_facts.tenant"));
  for (const std::string& key : *keys) EXPECT_THAT(key, HasSubstr(".tenant"));
}

TEST_F(SqliteFile, CommitsReachTheDisk) {
  ASSERT_TRUE(OpenStore().ok());
  auto connection = Connect(path_);
  EXPECT_EQ(*connection->SelectOne(ReadText, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(*connection->SelectOne(ReadText, "PRAGMA synchronous"), "2");
  EXPECT_EQ(*connection->SelectOne(ReadText, "PRAGMA foreign_keys"), "1");
}

TEST_F(SqliteFile, WhatWasObservedSealedOrActivatedStays) {
  {
    auto store = OpenStore();
    ASSERT_TRUE(store.ok());
    auto transaction = *(*store)->Begin();
    ASSERT_TRUE(transaction->AddFact(LinkOf(CustomerObject("cus_1"), "acme"), kJanuary).ok());
    ASSERT_TRUE(transaction->AppendAudit({kJanuary, "a", "b", "c", "d"}).ok());
    ASSERT_TRUE(transaction->PutCatalog({Sha256("c"), "acme", "c"}).ok());
    ASSERT_TRUE(transaction->AppendGeneration({1, Sha256("c"), "file", kJanuary}).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto connection = Connect(path_);
  for (const char* sql : {"UPDATE facts SET learned_at = 0", "DELETE FROM facts", "UPDATE audit SET actor = 'x'",
                          "DELETE FROM audit", "UPDATE generations SET actor = 'x'", "DELETE FROM generations"}) {
    EXPECT_THAT(StatusMessage(connection->Execute(sql)), HasSubstr("append-only")) << sql;
  }
}

TEST_F(SqliteFile, AStoreOfTheFirstSchemaKeepsWhatItHoldsAndGetsItsBoundaries) {
  {
    auto connection = Connect(path_);
    ASSERT_TRUE(Migrate(*connection, BuiltInMigrations().first(1)).ok());
    const absl::Status filled = connection->Execute(
        "INSERT INTO tenant_state VALUES"
        " ('acme', 3, x'', zeroblob(32), 5000, 1, 10, 20), ('quiet', 1, x'', zeroblob(32), NULL, 1, 10, 30);"
        "INSERT INTO events VALUES"
        " (1, 'stripe', '', 0, 'evt_applied', 'invoice.paid', 1, 2, 1, '', zeroblob(32), x'01'),"
        " (2, 'stripe', '', 0, 'evt_parked', 'invoice.paid', 1, 2, 3, 'PRICE_UNMAPPED', zeroblob(32), x'02')");
    ASSERT_TRUE(filled.ok()) << filled;
  }
  auto store = OpenStore();
  ASSERT_TRUE(store.ok()) << store.status();
  auto reader = *(*store)->Read();
  const auto work = reader->ListWork({});
  ASSERT_TRUE(work.ok()) << work.status();
  ASSERT_EQ(work->size(), 1u);
  EXPECT_EQ(work->front().kind, WorkKind::kBoundary);
  EXPECT_EQ(work->front().key, "acme");
  EXPECT_EQ(work->front().due, FromUnixSeconds(5));
  EXPECT_EQ((*reader->FindTenantState(TenantId("acme")))->version, 3);

  auto connection = Connect(path_);
  const auto payloads = connection->Select(ReadText, "SELECT id || ' ' || hex(raw) FROM events ORDER BY id");
  ASSERT_TRUE(payloads.ok()) << payloads.status();
  EXPECT_THAT(*payloads, testing::ElementsAre("evt_applied ", "evt_parked 02"));
}

TEST_F(SqliteFile, AFileThatIsNoDatabaseIsRefusedAndLeftAlone) {
  const std::string text(4096, 'x');
  std::ofstream(path_) << text;
  const absl::Status opened = OpenStore().status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(StatusMessage(opened), AllOf(HasSubstr(path_), HasSubstr("not a SQLite database")));
  EXPECT_EQ(ReadFile(path_), text);
}

TEST_F(SqliteFile, ADatabaseOfAnotherProgramIsRefusedAndLeftAlone) {
  ASSERT_TRUE(Connect(path_)->Execute("CREATE TABLE bookmarks (url TEXT)").ok());
  const std::string before = ReadFile(path_);
  const absl::Status opened = OpenStore().status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(StatusMessage(opened), HasSubstr("another program"));
  EXPECT_EQ(ReadFile(path_), before);
}

TEST_F(SqliteFile, ANewerSchemaIsRefusedWithASentence) {
  ASSERT_TRUE(OpenStore().ok());
  ASSERT_TRUE(Connect(path_)->Execute("PRAGMA user_version = 999").ok());
  const absl::Status opened = OpenStore().status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(StatusMessage(opened), AllOf(HasSubstr("schema 999"), HasSubstr("run the newer program")));
}

TEST_F(SqliteFile, AMissingFolderIsNamed) {
  const std::string path = folder_.File("missing/usher.db");
  const absl::Status opened = Open({.path = path}).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(StatusMessage(opened), AllOf(HasSubstr(path), HasSubstr("not a folder"), HasSubstr("folder must exist")));
}

TEST_F(SqliteFile, AFolderInPlaceOfTheFileIsRefused) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(OpenStore().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SqliteFile, AFullDiskSaysSoAndNothingIsWritten) {
  ASSERT_TRUE(OpenStore().ok());
  auto connection = Connect(path_);
  ASSERT_TRUE(connection->SelectOne(ReadInteger, "PRAGMA max_page_count = 1").ok());
  ASSERT_TRUE(connection->Execute("BEGIN IMMEDIATE").ok());
  const absl::Status written =
      connection->Run("INSERT INTO meta (key, value) VALUES ('big', ?)", std::string(1'000'000, 'x'));
  EXPECT_EQ(written.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(StatusMessage(written), AllOf(HasSubstr("cannot grow"), HasSubstr("Make room")));
  EXPECT_EQ(*Connect(path_)->SelectOne(ReadInteger, "SELECT count(*) FROM meta WHERE key = 'big'"), 0);
}

TEST_F(SqliteFile, AnotherProcessThatHoldsTheDatabaseMakesItUnavailable) {
  auto store = OpenStore();
  ASSERT_TRUE(store.ok());
  auto other = Connect(path_);
  ASSERT_TRUE(other->Execute("BEGIN IMMEDIATE").ok());
  const absl::Status refused = (*store)->Begin().status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(StatusMessage(refused), HasSubstr("locked by another process"));
  ASSERT_TRUE(other->Execute("ROLLBACK").ok());
  EXPECT_TRUE((*store)->Begin().ok());
}

TEST_F(SqliteFile, AServedFileIsServedByNobodyElse) {
  auto store = OpenStore();
  ASSERT_TRUE(store.ok());
  const std::string other_name = folder_.File("link.db");
  std::filesystem::create_symlink(path_, other_name);
  for (const std::string& name : {path_, other_name}) {
    const absl::Status refused = Open({.path = name}).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
    EXPECT_THAT(StatusMessage(refused), AllOf(HasSubstr(name), HasSubstr("process " + std::to_string(getpid()))));
  }
  EXPECT_TRUE(Connect(path_)->SelectOne(ReadText, "SELECT value FROM meta").ok()) << "whoever only reads may";
  store->reset();
  EXPECT_TRUE(OpenStore().ok());
}

TEST_F(SqliteFile, ALockThatNamesNobodyStillHolds) {
  auto lock = FileLock::Take(path_);
  ASSERT_TRUE(lock.ok()) << lock.status();
  std::ofstream(path_ + ".lock") << "";
  EXPECT_THAT(StatusMessage(OpenStore().status()), HasSubstr("served by another process already"));
}

TEST_F(SqliteFile, ALinkToADatabaseThatIsNotThereYetIsTheSameDatabase) {
  const std::string link = path_ + ".link";
  ASSERT_FALSE(std::filesystem::exists(path_));
  std::filesystem::create_symlink(path_, link);
  auto lock = FileLock::Take(link);
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_EQ(FileLock::Take(path_).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(FileLock::Take(link).status().code(), absl::StatusCode::kAborted);
}

TEST_F(SqliteFile, ATriedWriteNeedsRoom) {
  auto store = OpenStore();
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE((*store)->TryWrite().ok());
  auto other = Connect(path_);
  ASSERT_TRUE(other->Execute("BEGIN IMMEDIATE").ok());
  EXPECT_EQ((*store)->TryWrite().code(), absl::StatusCode::kUnavailable) << "it writes, even what is there already";
}

TEST_F(SqliteFile, ADamagedFactIsNamed) {
  auto store = OpenStore();
  ASSERT_TRUE(store.ok());
  const Fact fact = LinkOf(CustomerObject("cus_1"), "acme");
  {
    auto transaction = *(*store)->Begin();
    ASSERT_TRUE(transaction->AddFact(fact, kJanuary).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  ASSERT_TRUE(Connect(path_)->Execute("DROP TRIGGER facts_stay; UPDATE facts SET content = x'ff'").ok());
  const absl::Status read = (*(*store)->Read())->FactsOf(fact.object).status();
  EXPECT_EQ(read.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(StatusMessage(read), HasSubstr(ToHex(FactDigest(fact))));
}

TEST_F(SqliteFile, MigrationsRunOnceInOrder) {
  auto connection = Connect(path_);
  const Migration first[] = {{"0001_a.sql", "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1);"}};
  const Migration both[] = {first[0], {"0002_b.sql", "UPDATE a SET n = n + 1;"}};
  ASSERT_TRUE(Migrate(*connection, first).ok());
  ASSERT_TRUE(Migrate(*connection, first).ok());
  ASSERT_TRUE(Migrate(*connection, both).ok());
  ASSERT_TRUE(Migrate(*connection, both).ok());
  EXPECT_EQ(*connection->SelectOne(ReadInteger, "SELECT n FROM a"), 2);
  EXPECT_EQ(Migrate(*connection, first).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SqliteFile, AFailedMigrationIsNamedAndUndone) {
  auto connection = Connect(path_);
  const Migration migrations[] = {{"0001_a.sql", "CREATE TABLE a (n INTEGER);"},
                                  {"0002_b.sql", "CREATE TABLE b (n INTEGER); INSERT INTO missing VALUES (1);"}};
  EXPECT_THAT(StatusMessage(Migrate(*connection, migrations)), HasSubstr("migration 0002_b.sql"));
  EXPECT_EQ(*connection->SelectOne(ReadInteger, "PRAGMA user_version"), 1);
  EXPECT_EQ(*connection->SelectOne(ReadInteger, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), 0);
}

}  // namespace
}  // namespace usher::sqlite
