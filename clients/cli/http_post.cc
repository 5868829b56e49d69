#include "clients/cli/http_post.h"

#include <algorithm>
#include <memory>

#include <curl/curl.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr long kTimeoutSeconds = 15;
constexpr std::size_t kMostBytes = 64 * 1024;

std::size_t Keep(char* bytes, std::size_t size, std::size_t count, void* into) {
  std::string& body = *static_cast<std::string*>(into);
  body.append(bytes, std::min(size * count, kMostBytes - body.size()));
  return size * count;
}

struct HeaderList {
  ~HeaderList() { curl_slist_free_all(list); }
  curl_slist* list = nullptr;
};

}  // namespace

absl::StatusOr<HttpAnswer> PostJson(const std::string& url, const std::string& body,
                                    const std::vector<std::pair<std::string, std::string>>& headers) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return Unavailable("libcurl does not start");
  HeaderList sent;
  sent.list = curl_slist_append(sent.list, "Content-Type: application/json");
  for (const auto& [name, value] : headers) sent.list = curl_slist_append(sent.list, (name + ": " + value).c_str());

  HttpAnswer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kTimeoutSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, sent.list);
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Keep);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  const CURLcode result = curl_easy_perform(curl.get());
  if (result != CURLE_OK) return Unavailable(curl_easy_strerror(result));
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace usher
