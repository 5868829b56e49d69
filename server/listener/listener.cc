#include "server/listener/listener.h"

#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "catalog/absl_bridge.h"
#include "server/listener/request_parser.h"

namespace usher {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using Tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kLingerBytes = 8 * 1024 * 1024;

// A client that is still sending when we answer would lose the answer to a reset: read on for a moment.
asio::awaitable<void> Linger(beast::tcp_stream& stream) {
  error_code ignored;
  stream.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  stream.expires_after(kLinger);
  std::string waste(64 * 1024, '\0');
  for (std::size_t read = 0; read < kLingerBytes;) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(waste), kAwait);
    if (error) break;
    read += count;
  }
}

// How a response is to be sent, beside what it says.
struct Framing {
  unsigned version = 11;
  bool head = false;        // the answer to HEAD: everything but the body
  bool keep_alive = false;  // another request may follow
};

http::response<http::string_body> ToBeast(HttpResponse&& from, const Framing& framing) {
  http::response<http::string_body> response;
  response.version(framing.version);
  response.result(static_cast<unsigned>(from.status));
  if (!from.content_type.empty()) response.set(http::field::content_type, from.content_type);
  for (const auto& [name, value] : from.headers) response.set(name, value);
  response.body() = std::move(from.body);
  response.keep_alive(framing.keep_alive);
  response.prepare_payload();
  if (framing.head) response.body().clear();  // the Content-Length stays what GET would say
  return response;
}

// What the client did wrong; nullopt when it only went away or was too slow.
std::optional<HttpRefusal> RefusalOf(error_code error) {
  if (error.category() != http::make_error_code(http::error::bad_method).category()) return std::nullopt;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error == http::error::body_limit) return HttpRefusal::kBodyTooLarge;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return HttpRefusal::kHeadersTooLarge;
  return HttpRefusal::kMalformed;
}

}  // namespace

// Everything is touched by the I/O thread only, unless noted.
class HttpListener::Impl {
 public:
  Impl(const HttpLimits& limits, HttpSite* site)
      : limits_(limits), site_(*site), acceptor_(io_), slot_free_(io_), drained_(io_) {}

  ~Impl() { Stop(std::chrono::milliseconds(0)); }

  absl::Status Bind(const Address& address) {
    error_code error;
    const asio::ip::address host = asio::ip::make_address(address.host, error);
    const Tcp::endpoint endpoint(host, address.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) return Unavailable("cannot listen for HTTP on " + address.ToString() + ": " + error.message());
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  std::uint16_t port() const { return port_; }

  void Stop(std::chrono::milliseconds drain) {
    if (!thread_.joinable()) return;
    asio::post(io_, [this, drain] { BeginStop(drain); });
    thread_.join();
  }

 private:
  struct Connection {
    explicit Connection(Tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    bool idle = true;  // waits for the head of a request
  };

  // An answer on its way from the site, which may outlive the wait for it. While it lives, so does the I/O thread.
  struct Pending {
    explicit Pending(asio::io_context& io) : work(io.get_executor()), wake(io) {}
    asio::executor_work_guard<asio::io_context::executor_type> work;
    asio::steady_timer wake;  // expires when the wait ends; cancelled when `response` is there
    std::optional<HttpResponse> response;
  };

  asio::awaitable<void> Accept() {
    while (!stopping_) {
      if (connections_.size() >= limits_.connections) {
        slot_free_.expires_at(SteadyClock::time_point::max());
        co_await slot_free_.async_wait(kAwait);
        continue;
      }
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (stopping_) break;
      if (error) {  // such as too many open files: wait for some to close
        slot_free_.expires_after(std::chrono::milliseconds(100));
        co_await slot_free_.async_wait(kAwait);
        continue;
      }
      auto connection = std::make_unique<Connection>(std::move(socket));
      connections_.insert(connection.get());
      asio::co_spawn(io_, Serve(std::move(connection)), asio::detached);
    }
  }

  asio::awaitable<void> Serve(std::unique_ptr<Connection> connection) {
    error_code ignored;
    connection->stream.socket().set_option(Tcp::no_delay(true), ignored);
    while (!stopping_ && co_await ServeOne(*connection)) connection->idle = true;
    connections_.erase(connection.get());
    slot_free_.cancel();
    if (stopping_ && connections_.empty()) drained_.cancel();
  }

  // One request and its response. False when the connection is over.
  asio::awaitable<bool> ServeOne(Connection& connection) {
    beast::tcp_stream& stream = connection.stream;
    RequestParser parser(limits_);
    stream.expires_after(limits_.header_timeout);
    const auto [header_error, header_size] =
        co_await http::async_read_header(stream, connection.buffer, parser, kAwait);
    connection.idle = false;
    if (header_error) co_return co_await Refuse(stream, header_error);

    Framing framing{.version = parser.version(), .head = parser.request().method == "HEAD"};
    if (std::optional<HttpResponse> answer = site_.AnswerHead(parser.request())) {
      framing.keep_alive = parser.is_done() && parser.keep_alive() && !stopping_;
      const bool written = co_await Write(stream, *std::move(answer), framing);
      if (written && !parser.is_done()) co_await Linger(stream);
      co_return written&& framing.keep_alive;
    }

    stream.expires_after(limits_.body_timeout);
    if (parser.expects_continue()) {
      http::response<http::empty_body> go_on(http::status::continue_, parser.version());
      const auto [go_on_error, go_on_size] = co_await http::async_write(stream, go_on, kAwait);
      if (go_on_error) co_return false;
    }
    const auto [body_error, body_size] = co_await http::async_read(stream, connection.buffer, parser, kAwait);
    if (body_error) co_return co_await Refuse(stream, body_error);

    stream.expires_never();
    HttpResponse answer = co_await Answer(parser.Release());
    framing.keep_alive = parser.keep_alive() && !stopping_;
    const bool written = co_await Write(stream, std::move(answer), framing);
    co_return written&& framing.keep_alive;
  }

  asio::awaitable<HttpResponse> Answer(HttpRequest request) {
    const auto pending = std::make_shared<Pending>(io_);
    // What it posts runs after this coroutine has begun to wait, however early the site calls.
    const SteadyClock::time_point until = site_.Answer(std::move(request), [pending](HttpResponse response) {
      asio::post(pending->work.get_executor(), [pending, response = std::move(response)]() mutable {
        pending->response = std::move(response);
        pending->wake.cancel();
      });
    });
    pending->wake.expires_at(until);
    co_await pending->wake.async_wait(kAwait);
    if (!pending->response) co_return site_.Refuse(HttpRefusal::kTooLate, limits_);
    co_return *std::move(pending->response);
  }

  // Says why a request could not be read, when that is the client's doing. Always false: the connection is over.
  asio::awaitable<bool> Refuse(beast::tcp_stream& stream, error_code error) {
    const std::optional<HttpRefusal> refusal = RefusalOf(error);
    if (refusal && co_await Write(stream, site_.Refuse(*refusal, limits_), Framing{})) co_await Linger(stream);
    co_return false;
  }

  asio::awaitable<bool> Write(beast::tcp_stream& stream, HttpResponse answer, Framing framing) {
    http::response<http::string_body> response = ToBeast(std::move(answer), framing);
    stream.expires_after(limits_.write_timeout);
    const auto [error, size] = co_await http::async_write(stream, response, kAwait);
    co_return !error;
  }

  void BeginStop(std::chrono::milliseconds drain) {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    slot_free_.cancel();
    for (Connection* connection : connections_) {
      if (connection->idle) connection->stream.cancel();
    }
    drained_.expires_after(connections_.empty() ? std::chrono::milliseconds(0) : drain);
    drained_.async_wait([this](error_code) {
      for (Connection* connection : connections_) connection->stream.close();
      site_.GiveUp();
    });
  }

  const HttpLimits limits_;
  HttpSite& site_;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_;
  asio::steady_timer slot_free_;  // never expires by itself while waiting for a slot; cancelled when one is free
  asio::steady_timer drained_;
  std::set<Connection*> connections_;
  bool stopping_ = false;
  std::uint16_t port_ = 0;  // fixed by Bind
  std::thread thread_;      // of the owner of the listener
};

HttpListener::HttpListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpListener::~HttpListener() = default;

absl::StatusOr<std::unique_ptr<HttpListener>> HttpListener::Start(const Address& address, const HttpLimits& limits,
                                                                  HttpSite* site) {
  auto impl = std::make_unique<Impl>(limits, site);
  if (const absl::Status bound = impl->Bind(address); !bound.ok()) return bound;
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(impl)));
}

std::uint16_t HttpListener::port() const { return impl_->port(); }

void HttpListener::Stop(std::chrono::milliseconds drain) { impl_->Stop(drain); }

}  // namespace usher
