// The text of a file. Test code only.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace usher {

// Empty when there is none.
inline std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace usher
