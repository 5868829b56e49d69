// The other side of a connection, byte by byte. Test code only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace usher {

// Accepts one connection on a port of 127.0.0.1, then nobody any more. Sends the first of `answers` after the first
// head of a request, and so on; then holds the connection open until it goes, or closes it at once.
class RawPeer {
 public:
  enum class Then { kHolds, kCloses };

  explicit RawPeer(std::vector<std::string> answers, Then then = Then::kHolds)
      : answers_(std::move(answers)), then_(then), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    listen(socket_, 1);
    socklen_t size = sizeof(address);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }

  ~RawPeer() {
    End();
    if (connection_ >= 0) close(connection_);
    close(socket_);
  }

  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::uint16_t port() const { return port_; }

  // Stops listening and tells what it was sent.
  std::string End() {
    shutdown(socket_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    return heard_;
  }

 private:
  void Serve() {
    connection_ = accept(socket_, nullptr, nullptr);
    if (connection_ < 0) return;
    shutdown(socket_, SHUT_RDWR);  // so that a second connection is refused
    std::size_t heads = 0;
    for (const std::string& answer : answers_) {
      while ((heads = heard_.find("\r\n\r\n", heads)) == std::string::npos) {
        heads = 0;
        char chunk[4096];
        pollfd wait{.fd = connection_, .events = POLLIN, .revents = 0};
        if (poll(&wait, 1, 10'000) != 1) return;
        const ssize_t count = recv(connection_, chunk, sizeof(chunk), 0);
        if (count <= 0) return;
        heard_.append(chunk, static_cast<std::size_t>(count));
      }
      heard_.replace(heads, 4, "\n\n");
      send(connection_, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    if (then_ == Then::kCloses) shutdown(connection_, SHUT_RDWR);
  }

  const std::vector<std::string> answers_;
  const Then then_;
  const int socket_;
  std::uint16_t port_ = 0;  // fixed by the constructor
  int connection_ = -1;     // of the thread until it was joined
  std::string heard_;       // likewise
  std::thread thread_;
};

}  // namespace usher
