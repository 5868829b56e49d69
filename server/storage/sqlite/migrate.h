// Numbered migrations of the schema.
#pragma once

#include <span>
#include <string_view>

#include <absl/status/status.h>

#include "server/storage/sqlite/connection.h"

namespace usher::sqlite {

struct Migration {
  std::string_view name;  // `0001_ledger.sql`; the n-th migration makes schema version n
  std::string_view sql;
};

std::span<const Migration> BuiltInMigrations();

// Changes nothing. FAILED_PRECONDITION when the schema is newer than `migrations`; DATA_LOSS when the database is
// somebody else's.
absl::Status CheckSchema(Connection& connection, std::span<const Migration> migrations);

// Brings the database to the newest schema, each missing migration in a transaction of its own. Several processes may
// do so at once. Fails as CheckSchema does.
absl::Status Migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace usher::sqlite
