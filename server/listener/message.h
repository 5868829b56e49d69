// HTTP as everything behind the listener sees it: whole requests in, whole responses out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher {

struct HttpRequest {
  std::string method;
  std::string target;                                        // path and query
  std::vector<std::pair<std::string, std::string>> headers;  // as they arrived: in order, in the sender's spelling
  std::string body;                                          // verbatim, without the framing of chunks

  // The target without its query.
  std::string_view Path() const;

  // The value of the first header of that name, in whatever case it was sent; nullopt when there is none.
  std::optional<std::string_view> Header(std::string_view name) const;

  // How many headers of that name there are, in whatever case they were sent.
  std::size_t CountHeaders(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace usher
