// A blocking HTTP/1.1 client over a plain socket, which can also misbehave. Test code only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher {

struct HttpReply {
  int status = 0;       // 0: the server closed the connection without an answer
  std::string headers;  // the raw head, status line included
  std::string body;
};

// One connection to 127.0.0.1. Every wait ends after ten seconds at the latest and fails like a closed connection.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  bool connected() const { return socket_ >= 0; }

  // Sends bytes as they are. False when the server has gone.
  bool Send(std::string_view bytes);

  // Reads one response; without a Content-Length, or when `body` is false, only its head.
  HttpReply Read(bool body = true);

  // The next `count` bytes, fewer when the server closes before.
  std::string ReadBytes(std::size_t count);

  // True when the server closes within `limit`; bytes that arrive before are thrown away.
  bool ClosedWithin(std::chrono::milliseconds limit);

 private:
  bool Fill();

  int socket_ = -1;
  std::string buffer_;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// One request on a connection of its own.
HttpReply HttpCall(std::uint16_t port, std::string_view method, std::string_view target, std::string_view body = {},
                   const HttpHeaders& headers = {});

// A Connect call in JSON.
HttpReply PostJson(std::uint16_t port, std::string_view target, std::string_view json);

}  // namespace usher
