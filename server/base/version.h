// Which Usher this is.
#pragma once

#include <string_view>

namespace usher {

// `0.1.0`: the version of the whole project.
std::string_view Version();

}  // namespace usher
