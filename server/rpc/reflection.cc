#include "server/rpc/reflection.h"

#include <dlfcn.h>

namespace usher {

// Never closed: the servers keep what it registers.
void EnableReflection() { dlopen(USHER_REFLECTION_LIBRARY, RTLD_NOW | RTLD_GLOBAL); }

}  // namespace usher
