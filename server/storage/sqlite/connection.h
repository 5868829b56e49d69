// One connection to a SQLite database: statements, parameters, columns, errors.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "catalog/absl_bridge.h"
#include "catalog/digest.h"
#include "catalog/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace usher::sqlite {

// A parameter or column of type BLOB; std::string_view alone is TEXT.
struct Blob {
  std::string_view bytes;
};

// The present row of a running statement; columns count from 0.
class Columns {
 public:
  explicit Columns(sqlite3_stmt* statement) : statement_(statement) {}

  std::int64_t Integer(int column) const;
  std::string Text(int column) const;  // of TEXT and BLOB
  bool IsNull(int column) const;
  Instant Time(int column) const { return FromUnixMillis(Integer(column)); }
  absl::StatusOr<Digest> Hash(int column) const;  // DATA_LOSS unless it has 32 bytes

 private:
  sqlite3_stmt* statement_;
};

// One thread at a time. Statements are prepared once and kept.
class Connection {
 public:
  // Opens `path`, creating the file when it is missing. A locked database is waited for up to `busy_timeout`.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path,
                                                          std::chrono::milliseconds busy_timeout);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs a script without parameters or results.
  absl::Status Execute(const std::string& script);

  // Runs one statement that returns no rows.
  template <class... Parameters>
  absl::Status Run(std::string_view sql, const Parameters&... parameters) {
    absl::StatusOr<Running> running = Start(sql);
    if (!running.ok()) return running.status();
    BindAll(running->statement, parameters...);
    return Step(running->statement).status();
  }

  // Every row of one statement, each read by `read`: Columns -> StatusOr<Row>.
  template <class Read, class... Parameters>
  auto Select(Read read, std::string_view sql, const Parameters&... parameters)
      -> absl::StatusOr<std::vector<typename decltype(read(std::declval<Columns>()))::value_type>> {
    std::vector<typename decltype(read(std::declval<Columns>()))::value_type> rows;
    absl::StatusOr<Running> running = Start(sql);
    if (!running.ok()) return running.status();
    BindAll(running->statement, parameters...);
    while (true) {
      absl::StatusOr<bool> has_row = Step(running->statement);
      if (!has_row.ok()) return has_row.status();
      if (!*has_row) return rows;
      auto row = read(Columns(running->statement));
      if (!row.ok()) return row.status();
      rows.push_back(*std::move(row));
    }
  }

  // The first row of one statement, if there is one.
  template <class Read, class... Parameters>
  auto SelectOne(Read read, std::string_view sql, const Parameters&... parameters)
      -> absl::StatusOr<std::optional<typename decltype(read(std::declval<Columns>()))::value_type>> {
    absl::StatusOr<Running> running = Start(sql);
    if (!running.ok()) return running.status();
    BindAll(running->statement, parameters...);
    absl::StatusOr<bool> has_row = Step(running->statement);
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return std::nullopt;
    auto row = read(Columns(running->statement));
    if (!row.ok()) return row.status();
    return *std::move(row);
  }

  // The rowid of the last insertion.
  std::int64_t LastInserted() const;
  // How many rows the last statement changed.
  std::int64_t Changed() const;
  // How many rows were changed since it was opened.
  std::int64_t ChangedInAll() const;
  const std::string& path() const { return path_; }

 private:
  // A statement in use: made ready for the next use when this goes.
  struct Running {
    explicit Running(sqlite3_stmt* used) : statement(used) {}
    Running(Running&& other) noexcept : statement(std::exchange(other.statement, nullptr)) {}
    Running& operator=(Running&&) = delete;
    ~Running();
    sqlite3_stmt* statement;
  };

  Connection(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}

  absl::StatusOr<Running> Start(std::string_view sql);
  absl::StatusOr<bool> Step(sqlite3_stmt* statement);
  absl::Status Failure(int code) const;

  template <class... Parameters>
  static void BindAll([[maybe_unused]] sqlite3_stmt* statement, const Parameters&... parameters) {
    [[maybe_unused]] int index = 0;
    (Bind(statement, ++index, parameters), ...);
  }
  static void Bind(sqlite3_stmt* statement, int index, std::int64_t value);
  static void Bind(sqlite3_stmt* statement, int index, std::string_view text);
  static void Bind(sqlite3_stmt* statement, int index, Blob blob);
  static void Bind(sqlite3_stmt* statement, int index, const Digest& digest);
  static void Bind(sqlite3_stmt* statement, int index, Instant at) { Bind(statement, index, ToUnixMillis(at)); }
  static void Bind(sqlite3_stmt* statement, int index, const std::optional<std::int64_t>& value);

  const std::string path_;
  sqlite3* database_;
  StringMap<sqlite3_stmt*> statements_;
};

}  // namespace usher::sqlite
