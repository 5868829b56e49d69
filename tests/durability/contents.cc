#include "tests/durability/contents.h"

#include <chrono>
#include <utility>

#include "server/ports/audit.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/rows.h"

namespace usher {
namespace {

using sqlite::Columns;
using sqlite::Connection;

constexpr std::chrono::seconds kPatience{10};

struct Pair {
  std::int64_t number = 0;
  std::string text;
  std::string other;
};

absl::StatusOr<Pair> ReadPair(const Columns& columns) { return Pair{columns.Integer(0), columns.Text(1), ""}; }
absl::StatusOr<Pair> ReadTriple(const Columns& columns) {
  return Pair{columns.Integer(0), columns.Text(1), columns.Text(2)};
}
absl::StatusOr<std::string> ReadText(const Columns& columns) { return columns.Text(0); }

// Gathers the answers of many queries; the first failure stays.
class Reading {
 public:
  explicit Reading(Connection& connection) : connection_(connection) {}

  template <class Read>
  auto Rows(Read read, const char* sql) {
    auto rows = connection_.Select(read, sql);
    if (rows.ok()) return *std::move(rows);
    if (status_.ok()) status_ = rows.status();
    return std::decay_t<decltype(*rows)>();
  }

  const absl::Status& status() const { return status_; }

 private:
  Connection& connection_;
  absl::Status status_;
};

void ReadEvents(Reading& reading, Contents& contents) {
  const auto read = [](const Columns& columns) -> absl::StatusOr<std::pair<std::int64_t, Contents::Event>> {
    return std::pair{columns.Integer(0), Contents::Event{.id = columns.Text(1),
                                                         .disposition = columns.Integer(2),
                                                         .content = columns.Text(3),
                                                         .payload = columns.Text(4),
                                                         .payload_label = columns.Text(5),
                                                         .facts = {},
                                                         .tenants = {}}};
  };
  std::map<std::int64_t, std::size_t> places;
  std::set<std::string> ids;
  for (auto& [position, event] : reading.Rows(
           read,
           "SELECT position, id, disposition, hex(content), raw, provider || char(10) || account || char(10) ||"
           " iif(livemode, 'live', 'test') || char(10) || id FROM events ORDER BY position")) {
    if (!ids.insert(event.id).second) contents.doubled.push_back("event " + event.id);
    places[position] = contents.events.size();
    contents.events.push_back(std::move(event));
  }
  for (Pair& row : reading.Rows(ReadPair, "SELECT event, hex(digest) FROM event_facts JOIN facts USING (fact)")) {
    const auto place = places.find(row.number);
    if (place != places.end()) contents.events[place->second].facts.insert(std::move(row.text));
  }
  for (Pair& row : reading.Rows(ReadPair, "SELECT event, tenant FROM event_tenants")) {
    const auto place = places.find(row.number);
    if (place != places.end()) contents.events[place->second].tenants.insert(std::move(row.text));
  }
}

void ReadFacts(Reading& reading, Contents& contents) {
  for (std::string& digest : reading.Rows(ReadText, "SELECT hex(digest) FROM facts")) {
    if (!contents.facts.insert(digest).second) contents.doubled.push_back("fact " + digest);
  }
  contents.waiting = static_cast<std::int64_t>(reading.Rows(ReadText, "SELECT fact FROM waiting_facts").size());
}

// Versions count from 1 without a gap, and the last one is the present state.
void ReadTenants(Reading& reading, Contents& contents) {
  for (Pair& row : reading.Rows(ReadTriple, "SELECT version, tenant, hex(digest) FROM tenant_state")) {
    contents.tenants[row.text] = {.version = row.number, .digest = std::move(row.other), .ledger = {}};
  }
  for (Pair& row : reading.Rows(ReadTriple,
                                "SELECT tenant_facts.version, tenant, hex(digest) FROM tenant_facts"
                                " JOIN facts USING (fact)")) {
    Contents::Tenant& tenant = contents.tenants[row.text];
    if (row.number < 1 || row.number > tenant.version) {
      contents.faults.push_back("tenant " + row.text + " learned a fact at version " + std::to_string(row.number));
    }
    tenant.ledger.insert(std::move(row.other));
  }
  std::map<std::string, Contents::Tenant> logged;
  for (Pair& row : reading.Rows(ReadTriple, "SELECT version, tenant, hex(digest) FROM change_log ORDER BY position")) {
    Contents::Tenant& tenant = logged[row.text];
    if (row.number <= tenant.version) contents.doubled.push_back("change of " + row.text);
    if (row.number > tenant.version + 1) contents.faults.push_back("the change log of " + row.text + " has a gap");
    tenant = {.version = row.number, .digest = std::move(row.other), .ledger = {}};
  }
  for (const auto& [name, tenant] : contents.tenants) {
    const Contents::Tenant& last = logged[name];
    if (last.version == tenant.version && last.digest == tenant.digest) continue;
    contents.faults.push_back("the last change of " + name + " is not its state");
  }
}

// The chain holds, and every change is in it once.
void ReadAudit(Reading& reading, Contents& contents) {
  Digest previous;
  std::int64_t position = 0;
  std::set<std::string> changes;
  std::size_t changed = 0;
  for (const AuditRow& row :
       reading.Rows(sqlite::ReadAudit,
                    "SELECT position, at, actor, action, tenant, detail, previous_hash, hash FROM audit"
                    " ORDER BY position")) {
    if (row.position != ++position || row.previous != previous || row.hash != AuditHash(previous, row.record)) {
      contents.faults.push_back("the audit chain breaks at " + std::to_string(row.position));
      return;
    }
    previous = row.hash;
    if (row.record.action != "LEDGER_CHANGED") continue;
    ++changed;
    const std::string version = row.record.detail.substr(0, row.record.detail.find(" by "));
    if (!changes.insert(row.record.tenant + " " + version).second) {
      contents.doubled.push_back("audit of " + row.record.tenant + " " + version);
    }
  }
  const auto logged = reading.Rows(ReadText, "SELECT count(*) FROM change_log");
  if (!logged.empty() && logged.front() != std::to_string(changed)) {
    contents.faults.push_back("the audit has " + std::to_string(changed) + " changes, the change log " +
                              logged.front());
  }
}

// Every tenant whose access changes next has one row of work that is due when it does, and nobody else has one; whoever
// an activation left behind is waited for by a pass. (That a kind has a key only once is a constraint: SQLite's view.)
void ReadWork(Reading& reading, Contents& contents) {
  for (std::string& work : reading.Rows(ReadText, "SELECT kind || ' ' || key FROM work")) {
    contents.work.insert(std::move(work));
  }
  for (const std::string& tenant : reading.Rows(
           ReadText,
           "SELECT tenant_state.tenant FROM tenant_state LEFT JOIN work ON kind = 1 AND key = tenant_state.tenant"
           " WHERE (next_boundary IS NULL) <> (id IS NULL) OR work.tenant <> tenant_state.tenant"
           " OR (due <> next_boundary AND last_error = '')")) {
    contents.faults.push_back("the boundary work of " + tenant + " is not what its state asks for");
  }
  for (const std::string& key :
       reading.Rows(ReadText, "SELECT key FROM work WHERE kind = 1 AND key NOT IN (SELECT tenant FROM tenant_state)")) {
    contents.faults.push_back("there is boundary work of " + key + ", which has no state");
  }
  for (const std::string& work :
       reading.Rows(ReadText, "SELECT kind || ' ' || key || ': ' || last_error FROM work WHERE dead = 1")) {
    contents.faults.push_back("work was given up: " + work);
  }
  for (const std::string& unfinished :
       reading.Rows(ReadText,
                    "SELECT tenant FROM tenant_state WHERE generation <> (SELECT max(number) FROM generations)"
                    " UNION SELECT name FROM marks WHERE name = 'catalog pass' AND text <> ''")) {
    if (contents.work.contains("4 catalog")) break;
    contents.faults.push_back("no catalog pass will reach " + unfinished);
  }
}

// SQLite's own view, indexes included.
void ReadIntegrity(Reading& reading, Contents& contents) {
  for (const std::string& word : reading.Rows(ReadText, "PRAGMA integrity_check")) {
    if (word != "ok") contents.faults.push_back("SQLite: " + word);
  }
  for (const std::string& table : reading.Rows(ReadText, "PRAGMA foreign_key_check")) {
    contents.faults.push_back("a row of " + table + " refers to nothing");
  }
}

void Compare(const Contents::Event& left, const Contents::Event& right, std::vector<std::string>& found) {
  if (left.disposition != right.disposition) found.push_back("the disposition of " + left.id);
  if (left.content != right.content) found.push_back("the content of " + left.id);
  if (left.facts != right.facts) found.push_back("the facts of " + left.id);
  if (left.tenants != right.tenants) found.push_back("the tenants of " + left.id);
}

}  // namespace

absl::StatusOr<Contents> ReadContents(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(path, kPatience);
  if (!connection.ok()) return connection.status();
  // One state, whatever is committed meanwhile.
  absl::Status begun = (*connection)->Execute("PRAGMA query_only = ON; BEGIN");
  if (!begun.ok()) return begun;
  Reading reading(**connection);
  Contents contents;
  ReadEvents(reading, contents);
  ReadFacts(reading, contents);
  ReadTenants(reading, contents);
  ReadAudit(reading, contents);
  ReadWork(reading, contents);
  ReadIntegrity(reading, contents);
  if (!reading.status().ok()) return reading.status();
  return contents;
}

std::vector<std::string> Differences(const Contents& left, const Contents& right) {
  std::vector<std::string> found;
  std::map<std::string, const Contents::Event*> events;
  for (const Contents::Event& event : right.events) events[event.id] = &event;
  for (const Contents::Event& event : left.events) {
    const auto other = events.find(event.id);
    if (other == events.end()) {
      found.push_back("event " + event.id + " is only in one");
    } else {
      Compare(event, *other->second, found);
    }
  }
  if (left.events.size() != right.events.size()) found.emplace_back("the number of events");
  if (left.facts != right.facts) found.emplace_back("the facts");
  if (left.waiting != right.waiting) found.emplace_back("the waiting facts");
  for (const auto& [name, tenant] : left.tenants) {
    const auto other = right.tenants.find(name);
    if (other == right.tenants.end()) {
      found.push_back("tenant " + name + " is only in one");
    } else if (tenant.version != other->second.version || tenant.digest != other->second.digest) {
      found.push_back("the state of " + name);
    } else if (tenant.ledger != other->second.ledger) {
      found.push_back("the ledger of " + name);
    }
  }
  if (left.tenants.size() != right.tenants.size()) found.emplace_back("the number of tenants");
  return found;
}

std::vector<std::string> Missing(const std::set<std::string>& ids, const Contents& contents) {
  std::set<std::string> known;
  for (const Contents::Event& event : contents.events) known.insert(event.id);
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    if (!known.contains(id)) missing.push_back(id);
  }
  return missing;
}

std::vector<std::string> Unreadable(const Contents& contents, const PayloadSeal& seal,
                                    const std::map<std::string, std::string>& bodies) {
  std::vector<std::string> unreadable;
  for (const Contents::Event& event : contents.events) {
    const auto body = bodies.find(event.id);
    const absl::StatusOr<std::string> payload = seal.Open(event.payload, event.payload_label);
    const bool sealed = event.payload != payload.value_or(event.payload);
    if (!sealed || body == bodies.end() || *payload != body->second) unreadable.push_back(event.id);
  }
  return unreadable;
}

}  // namespace usher
