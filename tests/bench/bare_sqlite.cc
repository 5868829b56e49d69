// The floor that durable events are held against: writes the rows that a server wrote for its events into a fresh
// database of the same schema, as many events to a transaction as the server had to a commit. It reads, decides and
// checks nothing.
//
//   bare_sqlite STORE TARGET EVENTS EVENTS_PER_COMMIT
//
// STORE is what a server left that recorded EVENTS events and nothing else. Prints JSON.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace usher::bench {
namespace {

[[noreturn]] void Fail(sqlite3* database, const std::string& what) {
  std::cerr << "bare_sqlite: " << what << ": " << sqlite3_errmsg(database) << "\n";
  std::exit(2);
}

class Database {
 public:
  explicit Database(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) Fail(database_, path);
  }
  ~Database() { sqlite3_close(database_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void Execute(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(database_, sql);
  }
  sqlite3_stmt* Prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) Fail(database_, sql);
    return statement;
  }
  // The first column of every row.
  std::vector<std::string> Texts(const std::string& sql) {
    std::vector<std::string> texts;
    sqlite3_stmt* statement = Prepare(sql);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      texts.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    }
    sqlite3_finalize(statement);
    return texts;
  }
  sqlite3* get() { return database_; }

 private:
  sqlite3* database_ = nullptr;
};

// A table, all its rows in memory, and the statement that inserts one.
struct Table {
  std::vector<std::vector<sqlite3_value*>> rows;
  sqlite3_stmt* insert = nullptr;
};

Table ReadTable(Database& from, Database& to, const std::string& name) {
  Table table;
  sqlite3_stmt* select = from.Prepare("SELECT * FROM " + name);
  const int columns = sqlite3_column_count(select);
  while (sqlite3_step(select) == SQLITE_ROW) {
    std::vector<sqlite3_value*>& row = table.rows.emplace_back();
    for (int i = 0; i < columns; ++i) row.push_back(sqlite3_value_dup(sqlite3_column_value(select, i)));
  }
  sqlite3_finalize(select);
  std::string marks = "?";
  for (int i = 1; i < columns; ++i) marks += ",?";
  table.insert = to.Prepare("INSERT INTO " + name + " VALUES (" + marks + ")");
  return table;
}

void InsertRow(Database& to, const Table& table, std::size_t row) {
  int column = 0;
  for (const sqlite3_value* value : table.rows[row]) sqlite3_bind_value(table.insert, ++column, value);
  if (sqlite3_step(table.insert) != SQLITE_DONE) Fail(to.get(), "insert");
  sqlite3_reset(table.insert);
}

// Before the clock runs: the schema, and what is no event's: rows of tables that do not grow with events.
std::vector<Table> Prepare(Database& from, Database& to, std::size_t events) {
  to.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  for (const std::string& sql : from.Texts("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
                                           "'sqlite_%' ORDER BY type = 'trigger', type = 'index', rowid")) {
    to.Execute(sql);
  }
  std::vector<Table> growing;
  for (const std::string& name :
       from.Texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")) {
    Table table = ReadTable(from, to, name);
    if (table.rows.size() >= events) {
      growing.push_back(std::move(table));
      continue;
    }
    for (std::size_t row = 0; row < table.rows.size(); ++row) InsertRow(to, table, row);
  }
  return growing;
}

// The rows of event `event` are its share of every table.
std::int64_t WriteEvent(Database& to, const std::vector<Table>& tables, std::size_t event, std::size_t events) {
  std::int64_t written = 0;
  for (const Table& table : tables) {
    const std::size_t end = table.rows.size() * (event + 1) / events;
    for (std::size_t row = table.rows.size() * event / events; row < end; ++row, ++written) InsertRow(to, table, row);
  }
  return written;
}

int Run(const std::string& store, const std::string& target, std::size_t events, double per_commit) {
  Database from(store);
  Database to(target);
  const std::vector<Table> tables = Prepare(from, to, events);
  std::int64_t rows = 0;
  std::int64_t commits = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t event = 0; event < events; ++commits) {
    const auto end = static_cast<std::size_t>(static_cast<double>(commits + 1) * per_commit);
    to.Execute("BEGIN IMMEDIATE");
    for (; event < events && event < end; ++event) rows += WriteEvent(to, tables, event, events);
    to.Execute("COMMIT");
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cout << "{\"events\": " << events << ", \"commits\": " << commits << ", \"seconds\": " << seconds
            << ", \"rate\": " << static_cast<double>(events) / seconds
            << ", \"rows_per_event\": " << static_cast<double>(rows) / static_cast<double>(events) << "}\n";
  for (const Table& table : tables) sqlite3_finalize(table.insert);
  return 0;
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: bare_sqlite STORE TARGET EVENTS EVENTS_PER_COMMIT\n";
    return 2;
  }
  const std::size_t events = std::strtoul(argv[3], nullptr, 10);
  const double per_commit = std::strtod(argv[4], nullptr);
  if (events == 0 || per_commit < 1) {
    std::cerr << "bare_sqlite: expected at least one event, and at least one event to a commit\n";
    return 2;
  }
  return usher::bench::Run(argv[1], argv[2], events, per_commit);
}
