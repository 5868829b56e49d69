// Files as they were: what git keeps of this folder.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace usher {

struct GitResult {
  int exit_code = -1;  // -1: a signal ended it
  std::string out;     // at most one byte more than was asked for; git is stopped there
  std::string err;     // the beginning
};

// Runs `git ARGUMENTS...` in the present folder and environment, without a shell and without input, and waits for its
// end. FAILED_PRECONDITION when there is no git to run.
absl::StatusOr<GitResult> RunGit(const std::vector<std::string>& arguments, std::size_t most_bytes);

}  // namespace usher
