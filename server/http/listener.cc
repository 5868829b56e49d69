#include "server/http/listener.h"

#include <set>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "catalog/absl_bridge.h"
#include "server/base/work_pool.h"

namespace usher {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kLingerBytes = 8 * 1024 * 1024;

// A client that is still sending when we answer would lose the answer to a reset: read on for a moment.
asio::awaitable<void> Linger(beast::tcp_stream& stream) {
  error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream.expires_after(kLinger);
  std::string waste(64 * 1024, '\0');
  for (std::size_t read = 0; read < kLingerBytes;) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(waste), kAwait);
    if (error) break;
    read += count;
  }
}

HttpRequest ToRequest(http::request<http::string_body>&& from) {
  HttpRequest request;
  request.method = std::string(from.method_string());
  request.target = std::string(from.target());
  for (const auto& field : from) {
    std::string name(field.name_string());
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  request.body = std::move(from.body());
  return request;
}

http::response<http::string_body> ToBeast(HttpResponse&& from, unsigned version, bool keep_alive) {
  http::response<http::string_body> response(http::int_to_status(static_cast<unsigned>(from.status)), version);
  response.result(static_cast<unsigned>(from.status));
  if (!from.content_type.empty()) response.set(http::field::content_type, from.content_type);
  for (const auto& [name, value] : from.headers) response.set(name, value);
  response.body() = std::move(from.body);
  response.keep_alive(keep_alive);
  response.prepare_payload();
  return response;
}

}  // namespace

// Everything but the pool is touched only by the I/O thread.
class HttpListener::Impl {
 public:
  Impl(const HttpLimits& limits, const HttpHandler* handler)
      : limits_(limits),
        handler_(*handler),
        acceptor_(io_),
        slot_free_(io_),
        drained_(io_),
        pool_(limits.threads, limits.queued_requests) {}

  ~Impl() { Stop(std::chrono::milliseconds(0)); }

  absl::Status Bind(const std::string& host, std::uint16_t port) {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(host, error);
    const asio::ip::tcp::endpoint endpoint(address, port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return Unavailable("cannot listen for HTTP on " + host + " port " + std::to_string(port) + ": " +
                         error.message());
    }
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  std::uint16_t port() const { return port_; }

  void Stop(std::chrono::milliseconds drain) {
    if (!thread_.joinable()) return;
    asio::post(io_, [this, drain] { BeginStop(drain); });
    thread_.join();
    pool_.Stop();
  }

 private:
  struct Connection {
    explicit Connection(asio::ip::tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    bool idle = true;  // no byte of a request has been read
  };

  // An answer on its way from the pool. Shared with work that may outlive the wait for it.
  struct Pending {
    Pending(asio::io_context& io, SteadyClock::time_point deadline) : wake(io, deadline) {}
    asio::steady_timer wake;  // expires at the deadline, is cancelled when `response` is there
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
      asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> Serve(asio::ip::tcp::socket socket) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    Connection connection(std::move(socket));
    connections_.insert(&connection);
    while (!stopping_ && co_await ServeOne(connection)) connection.idle = true;
    connections_.erase(&connection);
    slot_free_.cancel();
    if (stopping_ && connections_.empty()) drained_.cancel();
  }

  // One request and its response. False when the connection is over.
  asio::awaitable<bool> ServeOne(Connection& connection) {
    beast::tcp_stream& stream = connection.stream;
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    stream.expires_after(limits_.header_timeout);
    const auto [header_error, header_size] =
        co_await http::async_read_header(stream, connection.buffer, parser, kAwait);
    connection.idle = false;
    if (header_error) co_return co_await Refuse(stream, header_error);

    stream.expires_after(limits_.body_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      http::response<http::empty_body> go_on(http::status::continue_, parser.get().version());
      const auto [go_on_error, go_on_size] = co_await http::async_write(stream, go_on, kAwait);
      if (go_on_error) co_return false;
    }
    const auto [body_error, body_size] = co_await http::async_read(stream, connection.buffer, parser, kAwait);
    if (body_error) co_return co_await Refuse(stream, body_error);

    const unsigned version = parser.get().version();
    const bool keep_alive = parser.get().keep_alive();
    const bool head = parser.get().method() == http::verb::head;
    stream.expires_never();
    HttpResponse answer = co_await Answer(ToRequest(parser.release()));
    const bool again = keep_alive && !stopping_;
    http::response<http::string_body> response = ToBeast(std::move(answer), version, again);
    if (head) response.body().clear();
    const bool written = co_await Write(stream, std::move(response));
    co_return written&& again;
  }

  asio::awaitable<HttpResponse> Answer(HttpRequest request) {
    if (std::optional<HttpResponse> now = handler_.AnswerNow(request)) co_return *std::move(now);
    const SteadyClock::time_point deadline = SteadyClock::now() + handler_.Timeout(request);
    const auto pending = std::make_shared<Pending>(io_, deadline);
    const bool accepted = pool_.TrySubmit([this, pending, deadline, request = std::move(request)] {
      if (SteadyClock::now() >= deadline) return;
      HttpResponse response = handler_.Answer(request, deadline);
      asio::post(io_, [pending, response = std::move(response)]() mutable {
        pending->response = std::move(response);
        pending->wake.cancel();
      });
    });
    if (!accepted) co_return handler_.Refuse(HttpRefusal::kOverloaded);
    if (!pending->response) co_await pending->wake.async_wait(kAwait);
    if (!pending->response) co_return handler_.Refuse(HttpRefusal::kTooLate);
    co_return *std::move(pending->response);
  }

  // Says why a request could not be read, when that is the client's doing. Always false: the connection is over.
  asio::awaitable<bool> Refuse(beast::tcp_stream& stream, error_code error) {
    if (error.category() != http::make_error_code(http::error::bad_method).category()) co_return false;
    if (error == http::error::end_of_stream || error == http::error::partial_message) co_return false;
    HttpRefusal refusal = HttpRefusal::kMalformed;
    if (error == http::error::body_limit) refusal = HttpRefusal::kBodyTooLarge;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      refusal = HttpRefusal::kHeadersTooLarge;
    }
    if (co_await Write(stream, ToBeast(handler_.Refuse(refusal), 11, false))) co_await Linger(stream);
    co_return false;
  }

  asio::awaitable<bool> Write(beast::tcp_stream& stream, http::response<http::string_body> response) {
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
    if (connections_.empty()) return;
    drained_.expires_after(drain);
    drained_.async_wait([this](error_code) {
      for (Connection* connection : connections_) connection->stream.socket().close();
      if (!connections_.empty()) io_.stop();
    });
  }

  const HttpLimits limits_;
  const HttpHandler& handler_;
  asio::io_context io_{1};
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer slot_free_;  // never expires by itself while waiting for a slot; cancelled when one is free
  asio::steady_timer drained_;
  std::set<Connection*> connections_;
  bool stopping_ = false;
  std::uint16_t port_ = 0;  // fixed by Bind
  std::thread thread_;      // of the owner of the listener
  WorkPool pool_;           // self-synchronised; last, so that its work ends before anything that it uses
};

HttpListener::HttpListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpListener::~HttpListener() = default;

absl::StatusOr<std::unique_ptr<HttpListener>> HttpListener::Start(const std::string& host, std::uint16_t port,
                                                                  const HttpLimits& limits,
                                                                  const HttpHandler* handler) {
  auto impl = std::make_unique<Impl>(limits, handler);
  if (const absl::Status bound = impl->Bind(host, port); !bound.ok()) return bound;
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(impl)));
}

std::uint16_t HttpListener::port() const { return impl_->port(); }

void HttpListener::Stop(std::chrono::milliseconds drain) { impl_->Stop(drain); }

}  // namespace usher
