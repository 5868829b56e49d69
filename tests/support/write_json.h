#pragma once

#include <string>

#include "server/integrations/json.h"

namespace usher {

// The JSON text of a tree that was read.
std::string WriteJson(const JsonValue& value);

}  // namespace usher
