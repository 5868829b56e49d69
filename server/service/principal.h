// Who calls, and what they may do.
#pragma once

#include <string>

#include "catalog/ids.h"
#include "server/ports/key.h"

namespace usher {

struct Principal {
  std::string name = "nobody";  // for people and the audit
  Scopes scopes = {};
  TenantId tenant = {};  // the only one that it reaches; empty: every tenant
};

}  // namespace usher
