#include "server/storage/sqlite/connection.h"

#include <algorithm>
#include <cerrno>

#include <sqlite3.h>

namespace usher::sqlite {
namespace {

std::string DatabaseText(const std::string& path) { return "the database " + path; }

// Why the operating system refused the last write into the log or the journal; 0 when it is not to blame.
int LastWriteError(sqlite3* database) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&file));
  int error = 0;
  if (file != nullptr && file->pMethods != nullptr) {
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, static_cast<void*>(&error));
  }
  return error;
}

// SQLite says FULL only of a full disk. A quota and a limit on the size of files leave no room either.
bool OutOfRoom(int code, sqlite3* database) {
  if ((code & 0xff) == SQLITE_FULL) return true;
  if (code != SQLITE_IOERR_WRITE) return false;
  const int error = LastWriteError(database);
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

// What a result code of SQLite means to the engine (server/ports/store.h).
absl::Status StatusOf(int code, sqlite3* connection, const std::string& path, const std::string& words) {
  const std::string database = DatabaseText(path);
  if (OutOfRoom(code, connection)) {
    return ResourceExhausted(database +
                             " cannot grow: the disk, a quota or a limit on the size of files is full; nothing was"
                             " written. Make room: writes then go on by themselves");
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Unavailable(database + " is locked by another process; stop that process, or try again");
    case SQLITE_CORRUPT: return DataLoss(database + " is damaged (" + words + "); restore it from a backup");
    case SQLITE_NOTADB: return DataLoss(path + " is not a SQLite database; name another file, or move this one away");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return FailedPrecondition(database + " cannot be written (" + words +
                                "); the process needs write access to the file and its folder");
    case SQLITE_CANTOPEN:
      return FailedPrecondition(database + " cannot be opened (" + words +
                                "); it must be a file, not a folder, and its folder must exist and be writable by the "
                                "process");
    case SQLITE_IOERR:
      return Unavailable(database + " cannot be read or written (" + words + "); check the disk and the file's folder");
    case SQLITE_NOMEM: return Unavailable("out of memory while using " + database + "; try again");
  }
  return Internal(database + " refused a statement: " + words);
}

}  // namespace

std::int64_t Columns::Integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Columns::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

bool Columns::IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

absl::StatusOr<Digest> Columns::Hash(int column) const {
  const std::string bytes = Text(column);
  Digest digest;
  if (bytes.size() != digest.bytes.size()) {
    return DataLoss("a stored digest has " + std::to_string(bytes.size()) + " bytes, expected 32");
  }
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path,
                                                             std::chrono::milliseconds busy_timeout) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  // SQLite gives a connection even when it fails, to ask for words; only without memory it gives none.
  std::unique_ptr<Connection> connection(new Connection(path, database));
  if (code != SQLITE_OK) return connection->Failure(code);
  sqlite3_busy_timeout(database, static_cast<int>(busy_timeout.count()));
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // FULL: a commit has reached the disk when it returns, also through a power cut.
  absl::Status configured =
      connection->Execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
  if (!configured.ok()) return configured;
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

absl::Status Connection::Execute(const std::string& script) {
  const int code = sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code);
}

std::int64_t Connection::LastInserted() const { return sqlite3_last_insert_rowid(database_); }

std::int64_t Connection::Changed() const { return sqlite3_changes64(database_); }

std::int64_t Connection::ChangedInAll() const { return sqlite3_total_changes64(database_); }

Connection::Running::~Running() {
  if (statement == nullptr) return;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

absl::StatusOr<Connection::Running> Connection::Start(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return Running(known->second);
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return Failure(code);
  statements_.emplace(sql, statement);
  return Running(statement);
}

absl::StatusOr<bool> Connection::Step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Failure(code);
}

absl::Status Connection::Failure(int code) const { return StatusOf(code, database_, path_, sqlite3_errmsg(database_)); }

void Connection::Bind(sqlite3_stmt* statement, int index, std::int64_t value) {
  sqlite3_bind_int64(statement, index, value);
}

// A null pointer would bind NULL, so that an empty text could vanish.
void Connection::Bind(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text64(statement, index, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Connection::Bind(sqlite3_stmt* statement, int index, Blob blob) {
  sqlite3_bind_blob64(statement, index, blob.bytes.empty() ? "" : blob.bytes.data(), blob.bytes.size(),
                      SQLITE_TRANSIENT);
}

void Connection::Bind(sqlite3_stmt* statement, int index, const Digest& digest) {
  sqlite3_bind_blob64(statement, index, digest.bytes.data(), digest.bytes.size(), SQLITE_TRANSIENT);
}

void Connection::Bind(sqlite3_stmt* statement, int index, const std::optional<std::int64_t>& value) {
  if (value) {
    sqlite3_bind_int64(statement, index, *value);
  } else {
    sqlite3_bind_null(statement, index);
  }
}

}  // namespace usher::sqlite
