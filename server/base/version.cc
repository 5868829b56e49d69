#include "server/base/version.h"

namespace usher {

std::string_view Version() { return USHER_VERSION; }

}  // namespace usher
