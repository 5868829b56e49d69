// HTTP as the rest of the server sees it: whole requests in, whole responses out.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher {

struct HttpRequest {
  std::string method;
  std::string target;                                        // path and query
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  // The first header of that (lower-case) name, nullopt when there is none.
  std::optional<std::string_view> Header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, [](const auto& header) { return header.first; });
    if (found == headers.end()) return std::nullopt;
    return found->second;
  }
};

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Why the listener itself refuses or gives up a request.
enum class HttpRefusal { kMalformed, kHeadersTooLarge, kBodyTooLarge, kOverloaded, kTooLate };

// Answers requests. Called from the listener's threads.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // How long the answer to `request` may take. On the I/O thread: must not block.
  virtual std::chrono::milliseconds Timeout(const HttpRequest& request) const = 0;

  // The answer when it is at hand; nullopt hands the request to Answer. On the I/O thread: must not block.
  virtual std::optional<HttpResponse> AnswerNow(const HttpRequest& request) const = 0;

  // The answer. On a thread of the pool: may wait for the store. After `deadline` nobody reads it.
  virtual HttpResponse Answer(const HttpRequest& request, std::chrono::steady_clock::time_point deadline) const = 0;

  // What to say about `refusal`. On the I/O thread.
  virtual HttpResponse Refuse(HttpRefusal refusal) const = 0;
};

}  // namespace usher
