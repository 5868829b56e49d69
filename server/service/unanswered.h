// The errors of calls for which there is no place or no time, the same over every transport.
#pragma once

#include <absl/status/status.h>

namespace usher {

// RESOURCE_EXHAUSTED: too much is going on already. Says when to try again.
absl::Status Overloaded();

// DEADLINE_EXCEEDED: nothing was done.
absl::Status NotBegunInTime();

// DEADLINE_EXCEEDED: it may have been done.
absl::Status NotDoneInTime();

}  // namespace usher
