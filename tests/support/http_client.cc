#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace usher {
namespace {

constexpr std::chrono::milliseconds kPatience{10'000};

bool Readable(int socket, std::chrono::milliseconds limit) {
  pollfd wait{.fd = socket, .events = POLLIN, .revents = 0};
  return poll(&wait, 1, static_cast<int>(limit.count())) == 1;
}

std::string HeaderValue(const std::string& head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = std::string_view(head).substr(at + 2);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    bool equal = true;
    for (std::size_t i = 0; i < name.size(); ++i) equal &= (line[i] | 0x20) == (name[i] | 0x20);
    if (!equal) continue;
    std::string_view value = line.substr(name.size() + 1);
    value = value.substr(0, value.find("\r\n"));
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::string(value);
  }
  return "";
}

}  // namespace

HttpConnection::HttpConnection(std::uint16_t port) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(socket_);
    socket_ = -1;
  }
}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) close(socket_);
}

bool HttpConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpConnection::Fill() {
  if (socket_ < 0 || !Readable(socket_, kPatience)) return false;
  char chunk[16 * 1024];
  const ssize_t count = recv(socket_, chunk, sizeof(chunk), 0);
  if (count <= 0) return false;
  buffer_.append(chunk, static_cast<std::size_t>(count));
  return true;
}

HttpReply HttpConnection::Read(bool body) {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return {};
  }
  HttpReply reply;
  reply.headers = buffer_.substr(0, head_end + 2);
  buffer_.erase(0, head_end + 4);
  reply.status = std::atoi(reply.headers.substr(9, 3).c_str());
  const std::string length = HeaderValue(reply.headers, "content-length");
  const std::size_t size = length.empty() || !body ? 0 : std::strtoull(length.c_str(), nullptr, 10);
  while (buffer_.size() < size) {
    if (!Fill()) return {};
  }
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return reply;
}

std::string HttpConnection::ReadBytes(std::size_t count) {
  while (buffer_.size() < count && Fill()) {
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, bytes.size());
  return bytes;
}

bool HttpConnection::ClosedWithin(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  char waste[4096];
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !Readable(socket_, left)) return false;
    if (recv(socket_, waste, sizeof(waste), 0) <= 0) return true;
  }
}

HttpReply HttpCall(std::uint16_t port, std::string_view method, std::string_view target, std::string_view body,
                   const HttpHeaders& headers) {
  HttpConnection connection(port);
  if (!connection.connected()) return {};
  std::string request = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  connection.Send(request);
  connection.Send(body);
  return connection.Read();
}

HttpReply PostJson(std::uint16_t port, std::string_view target, std::string_view json) {
  return HttpCall(port, "POST", target, json, {{"Content-Type", "application/json"}});
}

}  // namespace usher
