// HTTP calls to other people's servers; the one place that knows libcurl.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace usher {

struct HttpClientLimits {
  std::chrono::milliseconds connect_timeout{3'000};  // within the time of the call
  std::size_t body_bytes = 1024 * 1024;              // of an answer; a larger one is none
  std::size_t header_bytes = 32 * 1024;              // of an answer, all together; more are none
  std::size_t idle_connections = 8;                  // kept open for the next calls
};

// How near the other side is.
enum class HttpPeer {
  kOutside,    // across the internet: HTTPS, or HTTP on loopback; an outside host by way of the environment's proxy
  kNeighbour,  // one of our own programs: HTTP wherever it is, and no proxy
};

struct HttpCallOut {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // values hold no line breaks
  std::string body;                                          // sent unless empty
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The value of the first header of that name, in whatever case it was sent; nullopt when there is none.
  std::optional<std::string_view> Header(std::string_view name) const;
};

// OK when a client with `peer` calls addresses below `url`: http or https, a host, no user, query or fragment. Else
// INVALID_ARGUMENT with a sentence that names the host and nothing else of the text, which may hold a password.
absl::Status CheckHttpUrl(const std::string& url, HttpPeer peer);

// Any thread may call, several at once. Connections stay open between calls. Certificates are verified; redirects are
// answers like any other.
class HttpClient {
 public:
  HttpClient(HttpPeer peer, const HttpClientLimits& limits);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Waits at most `timeout` for the whole answer, whatever its status. INVALID_ARGUMENT for a URL or header that is not
  // called or sent; UNAVAILABLE when no whole answer came: the other side may have done what was asked. Messages name
  // the host and hold nothing of the path, the headers or the body.
  absl::StatusOr<HttpAnswer> Call(const HttpCallOut& call, std::chrono::milliseconds timeout) const;

 private:
  class Pool;

  const HttpPeer peer_;
  const HttpClientLimits limits_;
  const std::unique_ptr<Pool> pool_;
};

}  // namespace usher
