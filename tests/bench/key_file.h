// The API key that a program of the bench shows.
#pragma once

#include <fstream>
#include <string>

namespace usher::bench {

// The value of the `authorization` metadata for the key in the file at `path`; empty without a path.
inline std::string Authorization(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path);
  std::string key;
  std::getline(file, key);
  return "Bearer " + key;
}

}  // namespace usher::bench
