#include "server/storage/sqlite/migrate.h"

#include <cstdint>
#include <string>

#include "catalog/absl_bridge.h"

namespace usher::sqlite {
namespace {

// `USHR`, in the header of every database that Usher made.
constexpr std::int64_t kApplicationId = 0x55534852;

absl::StatusOr<std::int64_t> ReadNumber(Connection& connection, std::string_view sql) {
  const auto read = [](const Columns& columns) -> absl::StatusOr<std::int64_t> { return columns.Integer(0); };
  absl::StatusOr<std::optional<std::int64_t>> number = connection.SelectOne(read, sql);
  if (!number.ok()) return number.status();
  return number->value_or(0);
}

// The schema version, after making sure that the database is one of ours or empty.
absl::StatusOr<std::int64_t> SchemaVersion(Connection& connection, std::size_t newest) {
  absl::StatusOr<std::int64_t> application = ReadNumber(connection, "PRAGMA application_id");
  if (!application.ok()) return application.status();
  absl::StatusOr<std::int64_t> tables = ReadNumber(connection, "SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  if (*tables > 0 && *application != kApplicationId) {
    return DataLoss(connection.path() + " is a database of another program; name another file");
  }
  absl::StatusOr<std::int64_t> version = ReadNumber(connection, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version > static_cast<std::int64_t>(newest)) {
    return FailedPrecondition("the database " + connection.path() + " has schema " + std::to_string(*version) +
                              ", this program knows up to " + std::to_string(newest) +
                              "; run the newer program, or restore a backup made before the upgrade");
  }
  return version;
}

// Applies the migration that comes next, if any. True when there was one.
absl::StatusOr<bool> Advance(Connection& connection, std::span<const Migration> migrations) {
  absl::Status begun = connection.Execute("BEGIN IMMEDIATE");
  if (!begun.ok()) return begun;
  absl::StatusOr<std::int64_t> version = SchemaVersion(connection, migrations.size());
  if (!version.ok()) return version.status();
  if (*version == static_cast<std::int64_t>(migrations.size())) {
    absl::Status ended = connection.Execute("ROLLBACK");
    if (!ended.ok()) return ended;
    return false;
  }
  const Migration& migration = migrations[static_cast<std::size_t>(*version)];
  absl::Status applied =
      connection.Execute(std::string(migration.sql) + ";PRAGMA application_id = " + std::to_string(kApplicationId) +
                         ";PRAGMA user_version = " + std::to_string(*version + 1) + ";COMMIT");
  if (!applied.ok()) {
    return absl::Status(applied.code(),
                        ToAbsl("migration " + std::string(migration.name) + ": " + StatusMessage(applied)));
  }
  return true;
}

}  // namespace

absl::Status CheckSchema(Connection& connection, std::span<const Migration> migrations) {
  return SchemaVersion(connection, migrations.size()).status();
}

absl::Status Migrate(Connection& connection, std::span<const Migration> migrations) {
  while (true) {
    absl::StatusOr<bool> advanced = Advance(connection, migrations);
    if (!advanced.ok()) {
      // The first failure is the one to tell; without a transaction this changes nothing.
      connection.Execute("ROLLBACK").IgnoreError();
      return advanced.status();
    }
    if (!*advanced) return absl::OkStatus();
  }
}

}  // namespace usher::sqlite
