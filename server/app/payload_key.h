// The file with the keys that payloads of events are sealed with.
#pragma once

#include <string>

#include <absl/status/statusor.h>

#include "server/base/payload_seal.h"

namespace usher {

// Reads the keys in `path`: 64 hexadecimal digits a line. With `make_missing` a missing file is made, with one random
// key, readable by this user only. FAILED_PRECONDITION, naming the file and what to do, when it cannot be read or made;
// INVALID_ARGUMENT when it holds something else.
absl::StatusOr<PayloadSeal> LoadPayloadKeys(const std::string& path, bool make_missing);

}  // namespace usher
