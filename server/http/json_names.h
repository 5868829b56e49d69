// A guard against JSON whose readers would disagree about what it says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace usher {

// The first name that stands twice in one object, as it is written there; nullopt when none does. Parsers keep the
// first or the last of the two, so whoever checked one may have been answered about the other. `tenant_id` and
// `tenantId` are one name to protobuf, and so they are here; a name with an escape is decoded by nobody here and comes
// back as if it stood twice. The text need not be valid JSON.
std::optional<std::string> FirstRepeatedName(std::string_view json);

}  // namespace usher
