#include "server/storage/sqlite/store.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/base/random.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/file_lock.h"
#include "server/storage/sqlite/migrate.h"
#include "server/storage/sqlite/pool.h"
#include "server/storage/sqlite/reader.h"
#include "server/storage/sqlite/transaction.h"

namespace usher::sqlite {
namespace {

constexpr std::int64_t kTriedBytes = 256 * 1024;

// The store's epoch, made by whoever opens the new database first.
absl::StatusOr<std::string> ReadEpoch(Connection& connection) {
  absl::Status made =
      connection.Run("INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING", RandomId());
  if (!made.ok()) return made;
  const auto read = [](const Columns& columns) -> absl::StatusOr<std::string> { return columns.Text(0); };
  absl::StatusOr<std::optional<std::string>> epoch =
      connection.SelectOne(read, "SELECT value FROM meta WHERE key = 'epoch'");
  if (!epoch.ok()) return epoch.status();
  if (!epoch->has_value()) return DataLoss("the database " + connection.path() + " has lost its epoch");
  return **std::move(epoch);
}

class SqliteStore : public Store {
 public:
  SqliteStore(const Options& options, FileLock lock)
      : lock_(std::move(lock)),
        writer_(options.path, 1, options.wait),
        readers_(options.path, options.readers, options.wait) {}

  absl::Status Prepare() {
    absl::StatusOr<Pool::Lease> writer = writer_.Take();
    if (!writer.ok()) return writer.status();
    Connection& connection = **writer;
    // Before anything is written: another program's database is left as it is.
    absl::Status ours = CheckSchema(connection, BuiltInMigrations());
    if (!ours.ok()) return ours;
    absl::Status logged = connection.Execute("PRAGMA journal_mode = WAL");
    if (!logged.ok()) return logged;
    absl::Status migrated = Migrate(connection, BuiltInMigrations());
    if (!migrated.ok()) return migrated;
    absl::StatusOr<std::string> epoch = ReadEpoch(connection);
    if (!epoch.ok()) return epoch.status();
    epoch_ = *std::move(epoch);
    return absl::OkStatus();
  }

  std::string_view Name() const override { return "sqlite"; }
  const std::string& Epoch() const override { return epoch_; }

  absl::StatusOr<std::unique_ptr<StoreReader>> Read() override {
    absl::StatusOr<Pool::Lease> lease = readers_.Take();
    if (!lease.ok()) return lease.status();
    absl::Status begun = (*lease)->Execute("BEGIN");
    if (!begun.ok()) return begun;
    return std::make_unique<Reader>(*std::move(lease));
  }

  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override {
    absl::StatusOr<Pool::Lease> lease = writer_.Take();
    if (!lease.ok()) return lease.status();
    absl::Status begun = (*lease)->Execute("BEGIN IMMEDIATE");
    if (!begun.ok()) return begun;
    return std::make_unique<Transaction>(*std::move(lease));
  }

  absl::Status TryWrite() override {
    absl::StatusOr<Pool::Lease> lease = writer_.Take();
    if (!lease.ok()) return lease.status();
    // As much as many events need, and never the same: what a failed transaction left of the log would do for less.
    absl::Status tried =
        (*lease)->Run("INSERT OR REPLACE INTO meta (key, value) VALUES ('tried', hex(randomblob(?)))", kTriedBytes / 2);
    if (!tried.ok()) return tried;
    return (*lease)->Run("DELETE FROM meta WHERE key = 'tried'");
  }

 private:
  const FileLock lock_;  // held until the connections are closed
  Pool writer_;
  Pool readers_;
  std::string epoch_;  // fixed by Prepare
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options) {
  absl::StatusOr<FileLock> lock = FileLock::Take(options.path);
  if (!lock.ok()) return lock.status();
  auto store = std::make_unique<SqliteStore>(options, *std::move(lock));
  absl::Status prepared = store->Prepare();
  if (!prepared.ok()) return prepared;
  return store;
}

}  // namespace usher::sqlite
