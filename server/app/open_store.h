// The store by the name that flags give it.
#pragma once

#include <memory>
#include <string>

#include <absl/status/statusor.h>

#include "server/ports/store.h"

namespace usher {

// `name` passed CheckStoreName. Fails as the engine's own Open does.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const std::string& name);

}  // namespace usher
