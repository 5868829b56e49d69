// usherd init: the first admin key of a store.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "server/app/config.h"

namespace usher {

// Makes the store when it is missing, and an admin key in it; prints the key, alone on its line, to `out` and what to
// do with it to `err`. Refuses when the store has an admin key that works and is bound to no tenant, unless `--replace`
// says to revoke every admin key; nothing else revokes any. No server may serve the store: it would not hear of the
// change, and this is refused. `arguments` come after `init`. Answers the exit code: 0, 1 when it could not be done, 2
// when an argument is wrong.
int RunInit(const std::vector<std::string>& arguments, const Environment& environment, std::ostream& out,
            std::ostream& err);

}  // namespace usher
