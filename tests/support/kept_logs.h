// The logs of a run, kept for tools/check_logs.py. Test code only.
#pragma once

#include <string>

namespace usher {

// Puts what `program` said on its standard error stream into the folder that USHER_TEST_LOGS names; does nothing when
// that is not set. Any thread.
void KeepLog(const std::string& program, const std::string& text);

// Notes that a canary was handed to a program, so that the search for it means something. `name` is that of its
// constant.
void NotePlanted(const std::string& name);

}  // namespace usher
