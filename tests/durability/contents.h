// What a database says, read with SQL alone: no code of the store's contract stands between the file and the verdict.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/base/payload_seal.h"

namespace usher {

struct Contents {
  struct Event {
    std::string id;
    std::int64_t disposition = 0;
    std::string content;        // hexadecimal, as every digest here
    std::string payload;        // sealed
    std::string payload_label;  // what it is sealed with
    std::set<std::string> facts;
    std::set<std::string> tenants;
  };
  struct Tenant {
    std::int64_t version = 0;
    std::string digest;
    std::set<std::string> ledger;
  };

  std::vector<Event> events;  // in the order of receipt
  std::set<std::string> facts;
  std::map<std::string, Tenant> tenants;
  std::int64_t waiting = 0;
  std::set<std::string> work;  // `1 acme`: the kind's number and the key
  // What is more than once in the database although it may be there only once.
  std::vector<std::string> doubled;
  // What contradicts itself: gaps in versions, a broken audit chain, a boundary that nobody will run or a tenant that
  // no catalog pass will reach, damage that SQLite finds.
  std::vector<std::string> faults;
};

// Reads the database as another program would, beside whoever serves it.
absl::StatusOr<Contents> ReadContents(const std::string& path);

// What is in `left` and not in `right`, or otherwise there; a sentence each. Work and payloads differ with time and
// chance and are not compared.
std::vector<std::string> Differences(const Contents& left, const Contents& right);

// Those of `ids` that have no row.
std::vector<std::string> Missing(const std::set<std::string>& ids, const Contents& contents);

// The events whose payload is not the sealed form of what was sent under their id.
std::vector<std::string> Unreadable(const Contents& contents, const PayloadSeal& seal,
                                    const std::map<std::string, std::string>& bodies);

}  // namespace usher
