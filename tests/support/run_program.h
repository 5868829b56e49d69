// A program of ours that ends by itself, run as a user would run it. Test code only.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace usher {

struct Ended {
  int exit_code = -1;  // -1: it could not be run, or a signal ended it
  std::string out;
  std::string err;
};

// Runs a program of USHER_BIN_DIR in the present folder, with exactly the environment given, besides PATH.
Ended RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment = {});

}  // namespace usher
