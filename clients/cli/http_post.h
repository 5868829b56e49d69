// One HTTP request, for the commands that speak to the relay.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

namespace usher {

struct HttpAnswer {
  long status = 0;
  std::string body;  // at most 64 KiB of it
};

// Posts `body` as application/json and waits at most 15 seconds. UNAVAILABLE, with what went wrong, when no answer
// came.
absl::StatusOr<HttpAnswer> PostJson(const std::string& url, const std::string& body,
                                    const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace usher
