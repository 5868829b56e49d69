// What people do about work that was given up.
#pragma once

#include <cstdint>
#include <string_view>

#include <absl/status/statusor.h>

#include "catalog/time.h"
#include "server/engine/writer.h"
#include "server/ports/store.h"

namespace usher {

// Puts a dead letter to work again, at once and with all its attempts; audited. Returns the row as it is then.
// Refusals: kWorkUnknown, kWorkNotDead.
absl::StatusOr<WorkRow> RedriveDeadLetter(Writer& writer, std::int64_t id, std::string_view actor, Instant now);

}  // namespace usher
