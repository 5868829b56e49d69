// The audit log: who changed what, each record sealed to the one before it.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/digest.h"
#include "catalog/time.h"

namespace usher {

struct AuditRecord {
  Instant at{};
  std::string actor;   // `stripe`, a key's name, `file`
  std::string action;  // LEDGER_CHANGED, LINK_MOVED, CATALOG_ACTIVATED, ...
  std::string tenant;  // empty when it concerns none
  std::string detail;  // a sentence for people, without secrets

  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

struct AuditRow {
  std::int64_t position = 0;  // ascending, without gaps
  AuditRecord record;
  Digest previous;  // the hash of the row before, all zero for the first
  Digest hash;      // AuditHash(previous, record)
};

// SHA-256 over `previous` and an unambiguous encoding of `record`: no row can be changed, dropped or moved without
// breaking every hash after it.
Digest AuditHash(const Digest& previous, const AuditRecord& record);

}  // namespace usher
