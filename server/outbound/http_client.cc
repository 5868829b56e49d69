#include "server/outbound/http_client.h"

#include <algorithm>
#include <cctype>

#include <absl/base/thread_annotations.h>
#include <curl/curl.h>

#include "catalog/absl_bridge.h"
#include "server/base/address.h"
#include "server/base/mutex.h"

namespace usher {
namespace {

using CurlPointer = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

// libcurl counts its users, and counting is not safe from several threads.
void StartCurlOnce() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);
}

std::string UrlPart(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string result(text);
  curl_free(text);
  return result;
}

struct UrlParts {
  std::string scheme;
  std::string host;    // IPv6 without its brackets
  bool plain = false;  // nothing but scheme, host, port and path
};

std::optional<UrlParts> Split(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  UrlParts parts{.scheme = UrlPart(url.get(), CURLUPART_SCHEME), .host = UrlPart(url.get(), CURLUPART_HOST)};
  if (parts.host.starts_with('[')) parts.host = parts.host.substr(1, parts.host.size() - 2);
  parts.plain = true;
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    parts.plain &= UrlPart(url.get(), part).empty();
  }
  return parts;
}

bool IsLoopbackHost(const std::string& host) {
  return host == "localhost" || IsLoopback(Address{.host = host, .port = 0});  // libcurl looks localhost up nowhere
}

struct SentHeaders {
  ~SentHeaders() { curl_slist_free_all(list); }
  curl_slist* list = nullptr;
};

// What libcurl hands over, piece by piece.
struct Receiver {
  const HttpClientLimits& limits;
  HttpAnswer answer;
  std::size_t header_bytes = 0;
  std::size_t exceeded = 0;  // the limit that was, 0: none
};

std::size_t TakeBody(char* bytes, std::size_t size, std::size_t count, void* into) {
  Receiver& receiver = *static_cast<Receiver*>(into);
  if (size * count > receiver.limits.body_bytes - receiver.answer.body.size()) {
    receiver.exceeded = receiver.limits.body_bytes;
    return 0;  // which ends the call
  }
  receiver.answer.body.append(bytes, size * count);
  return size * count;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::size_t TakeHeader(char* bytes, std::size_t size, std::size_t count, void* into) {
  Receiver& receiver = *static_cast<Receiver*>(into);
  const std::string_view line(bytes, size * count);
  receiver.header_bytes += line.size();
  if (receiver.header_bytes > receiver.limits.header_bytes) {
    receiver.exceeded = receiver.limits.header_bytes;
    return 0;
  }
  if (line.starts_with("HTTP/")) receiver.answer.headers.clear();  // those before belonged to an interim answer
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    receiver.answer.headers.emplace_back(line.substr(0, colon), Trim(line.substr(colon + 1)));
  }
  return line.size();
}

// Unless it is told otherwise, libcurl verifies certificates and follows no redirect.
void SetUp(CURL* curl, const HttpCallOut& call, const SentHeaders& sent, Receiver& receiver) {
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  if (!call.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sent.list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receiver);
}

}  // namespace

std::optional<std::string_view> HttpAnswer::Header(std::string_view name) const {
  const auto same_letter = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  for (const auto& [key, value] : headers) {
    if (std::ranges::equal(key, name, same_letter)) return value;
  }
  return std::nullopt;
}

absl::Status CheckHttpUrl(const std::string& url, HttpPeer peer) {
  const std::optional<UrlParts> parts = Split(url);
  if (!parts || parts->host.empty() || (parts->scheme != "https" && parts->scheme != "http")) {
    return InvalidArgument("this is no URL to call: expected https://HOST[:PORT][/PATH]");
  }
  if (!parts->plain) {
    return InvalidArgument("the URL at " + parts->host +
                           " has a user, a query or a fragment: expected https://HOST[:PORT][/PATH]");
  }
  if (parts->scheme == "http" && peer == HttpPeer::kOutside && !IsLoopbackHost(parts->host)) {
    return InvalidArgument("plain HTTP to " + parts->host +
                           " is refused, because anybody on the way could read the secret key: expected https:// "
                           "(http:// is for loopback only)");
  }
  return absl::OkStatus();
}

// Idle libcurl handles, each with the connection that it used last.
class HttpClient::Pool {
 public:
  explicit Pool(std::size_t most_idle) : most_idle_(most_idle) {}

  CurlPointer Take() {
    {
      const MutexLock lock(mutex_);
      if (!idle_.empty()) {
        CurlPointer curl = std::move(idle_.back());
        idle_.pop_back();
        return curl;
      }
    }
    return {curl_easy_init(), &curl_easy_cleanup};
  }

  void Return(CurlPointer curl) {
    curl_easy_reset(curl.get());  // forgets the call; the connection stays
    const MutexLock lock(mutex_);
    if (idle_.size() < most_idle_) idle_.push_back(std::move(curl));
  }

 private:
  const std::size_t most_idle_;

  Mutex mutex_;
  std::vector<CurlPointer> idle_ ABSL_GUARDED_BY(mutex_);
};

HttpClient::HttpClient(HttpPeer peer, const HttpClientLimits& limits)
    : peer_(peer), limits_(limits), pool_(std::make_unique<Pool>(limits.idle_connections)) {
  StartCurlOnce();
}

HttpClient::~HttpClient() = default;

absl::StatusOr<HttpAnswer> HttpClient::Call(const HttpCallOut& call, std::chrono::milliseconds timeout) const {
  if (absl::Status url = CheckHttpUrl(call.url, peer_); !url.ok()) return url;
  const std::string host = Split(call.url)->host;
  if (timeout.count() <= 0) return Unavailable("no time is left to call " + host);
  CurlPointer curl = pool_->Take();
  if (!curl) return Unavailable("libcurl does not start");

  SentHeaders sent;
  for (const auto& [name, value] : call.headers) {
    if (value.find_first_of("\r\n") != std::string::npos) {
      return InvalidArgument("the value of the header " + name + " for " + host + " has a line break");
    }
    sent.list = curl_slist_append(sent.list, (name + ": " + value).c_str());
  }
  Receiver receiver{.limits = limits_, .answer = {}};
  SetUp(curl.get(), call, sent, receiver);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect_timeout.count()));
  if (peer_ == HttpPeer::kNeighbour || IsLoopbackHost(host)) curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");

  const CURLcode result = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  pool_->Return(std::move(curl));
  if (receiver.exceeded > 0) {
    return Unavailable("the answer of " + host + " has more than " + std::to_string(receiver.exceeded) + " bytes of " +
                       (receiver.exceeded == limits_.body_bytes ? "body" : "headers"));
  }
  if (result != CURLE_OK) return Unavailable("no answer of " + host + ": " + curl_easy_strerror(result));
  receiver.answer.status = static_cast<int>(status);
  return std::move(receiver.answer);
}

}  // namespace usher
