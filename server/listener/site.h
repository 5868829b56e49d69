// What a listener serves: the seam between HTTP and whoever knows the answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "server/listener/message.h"

namespace usher {

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;  // all headers together
  std::size_t headers = 100;
  std::size_t body_bytes = 2 * 1024 * 1024;
  std::size_t connections = 256;                     // at most; HttpListener says who makes room for more
  std::chrono::milliseconds header_timeout{30'000};  // from the end of the last response, so it bounds idling too
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds write_timeout{30'000};
};

// Why the listener itself refuses or gives up a request. kTooSlow: the rest of the body did not come in time.
enum class HttpRefusal { kMalformed, kHeadersTooLarge, kBodyTooLarge, kTooSlow, kTooLate };

// Takes the answer to one request. Any thread may call it, once; it does not block.
using HttpDone = std::function<void(HttpResponse)>;

// Answers requests. The listener calls it on its one I/O thread, so nothing here may block.
class HttpSite {
 public:
  virtual ~HttpSite() = default;

  // The answer when it is at hand before the body of `head` is waited for; nullopt hands the whole request to Answer.
  virtual std::optional<HttpResponse> AnswerHead(const HttpRequest& head) = 0;

  // Begins to answer: `done` is called exactly once, now or later, and then let go. Returns until when the listener
  // waits for that; then it says kTooLate, and nobody reads the answer any more.
  virtual std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) = 0;

  // The listener stops and nobody waits any more: whatever is still to be answered should end soon.
  virtual void GiveUp() {}

  // What to say about `refusal`.
  virtual HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const = 0;
};

}  // namespace usher
