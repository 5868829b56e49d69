#include "server/listener/listener.h"

#include <map>
#include <memory>
#include <optional>
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
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

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
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kLingerBytes = 8 * 1024 * 1024;
constexpr std::size_t kReadAhead = 64 * 1024;

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

// Cancels what `stream` reads when `limit` has passed. Unlike the stream's own limit it leaves the stream open for a
// last word.
class ReadLimit {
 public:
  ReadLimit(beast::tcp_stream& stream, std::chrono::milliseconds limit)
      : timer_(stream.get_executor(), limit), passed_(std::make_shared<bool>(false)) {
    timer_.async_wait([&stream, passed = std::weak_ptr<bool>(passed_)](error_code error) {
      const std::shared_ptr<bool> awaited = passed.lock();
      if (error || awaited == nullptr) return;
      *awaited = true;
      stream.cancel();
    });
  }

  bool passed() const { return *passed_; }

 private:
  asio::steady_timer timer_;
  const std::shared_ptr<bool> passed_;  // gone with the limit, and then nothing is cancelled any more
};

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

// What new connections use. A connection keeps the certificate that it began with.
asio::ssl::context PresentContext(const TlsWatch& tls) {
  const auto material = tls.Current();  // it may be replaced, and freed, at any moment
  SSL_CTX* const shared = material->context.get();
  SSL_CTX_up_ref(shared);
  return asio::ssl::context(shared);  // takes over one reference
}

}  // namespace

// Everything is touched by the I/O thread only, unless noted.
class HttpListener::Impl {
 public:
  Impl(const HttpLimits& limits, HttpSite* site, const TlsWatch* tls)
      : limits_(limits), site_(*site), tls_(tls), acceptor_(io_), slot_free_(io_), drained_(io_) {}

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
    explicit Connection(std::size_t buffer_bytes) : buffer(buffer_bytes) {}
    virtual ~Connection() = default;
    virtual beast::tcp_stream& tcp() = 0;
    // Bounded, for no other limit knows what stands between the chunks of a body and behind them.
    beast::flat_buffer buffer;
    bool idle = true;  // waits for the head of a request
    // Since when the client keeps us waiting; nullopt while its request is with the site.
    std::optional<SteadyClock::time_point> waits_since = SteadyClock::now();
  };

  template <class Stream>
  struct ConnectionOver final : Connection {
    template <class... Arguments>
    explicit ConnectionOver(const HttpLimits& limits, Arguments&&... arguments)
        : Connection(limits.header_bytes + kReadAhead), stream(std::forward<Arguments>(arguments)...) {}
    beast::tcp_stream& tcp() override { return beast::get_lowest_layer(stream); }
    Stream stream;
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
      if (IsFull()) {
        co_await MakeRoom();
        continue;
      }
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (stopping_) break;
      if (error) {  // such as too many open files: wait for some to close
        slot_free_.expires_after(std::chrono::milliseconds(100));
        co_await slot_free_.async_wait(kAwait);
        continue;
      }
      error_code ignored;
      socket.set_option(Tcp::no_delay(true), ignored);
      if (tls_ == nullptr) {
        Begin(std::make_unique<ConnectionOver<Plain>>(limits_, std::move(socket)));
      } else {
        asio::ssl::context context = PresentContext(*tls_);
        Begin(std::make_unique<ConnectionOver<Secure>>(limits_, std::move(socket), context));
      }
    }
  }

  bool IsFull() const { return connections_.size() >= limits_.connections; }

  // Returns when it is worth looking again.
  asio::awaitable<void> MakeRoom() {
    co_await acceptor_.async_wait(Tcp::acceptor::wait_read, kAwait);  // until somebody else comes
    if (stopping_ || !IsFull()) co_return;
    Connection* longest = nullptr;
    for (const auto& [connection, owner] : connections_) {
      if (!connection->waits_since) continue;
      if (longest == nullptr || connection->waits_since < longest->waits_since) longest = connection;
    }
    if (longest != nullptr) {
      longest->waits_since.reset();  // it is on its way out
      longest->tcp().close();
    }
    slot_free_.expires_at(SteadyClock::time_point::max());
    co_await slot_free_.async_wait(kAwait);
  }

  // From now on the next step is the client's.
  void AwaitClient(Connection& connection) {
    connection.waits_since = SteadyClock::now();
    if (IsFull()) slot_free_.cancel();
  }

  template <class Stream>
  void Begin(std::unique_ptr<ConnectionOver<Stream>> connection) {
    ConnectionOver<Stream>& begun = *connection;
    connections_.emplace(&begun, std::move(connection));
    asio::co_spawn(io_, Serve(begun), asio::detached);
  }

  template <class Stream>
  asio::awaitable<void> Serve(ConnectionOver<Stream>& connection) {
    const bool opened = co_await Open(connection.stream);
    while (opened && !stopping_ && co_await ServeOne(connection)) connection.idle = true;
    if (opened) co_await Close(connection.stream);
    connections_.erase(&connection);
    slot_free_.cancel();
    if (stopping_ && connections_.empty()) drained_.cancel();
  }

  asio::awaitable<bool> Open(Plain&) { co_return true; }
  asio::awaitable<bool> Open(Secure& stream) {
    beast::get_lowest_layer(stream).expires_after(limits_.header_timeout);
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kAwait);
    co_return !error;
  }

  asio::awaitable<void> Close(Plain&) { co_return; }
  // Without it a client could not tell the end from a cut. It is said even when the client has said it first.
  asio::awaitable<void> Close(Secure& stream) {
    beast::get_lowest_layer(stream).expires_after(kLinger);
    co_await stream.async_shutdown(kAwait);
  }

  // One request and its response. False when the connection is over.
  template <class Stream>
  asio::awaitable<bool> ServeOne(ConnectionOver<Stream>& connection) {
    Stream& stream = connection.stream;
    beast::tcp_stream& tcp = connection.tcp();
    RequestParser parser(limits_);
    AwaitClient(connection);
    tcp.expires_after(limits_.header_timeout);
    const auto [header_error, header_size] =
        co_await http::async_read_header(stream, connection.buffer, parser, kAwait);
    connection.idle = false;
    if (header_error) co_return co_await Refuse(connection, RefusalOf(header_error));

    Framing framing{.version = parser.version(), .head = parser.request().method == "HEAD"};
    if (std::optional<HttpResponse> answer = site_.AnswerHead(parser.request())) {
      framing.keep_alive = parser.is_done() && parser.keep_alive() && !stopping_;
      const bool written = co_await Write(connection, *std::move(answer), framing);
      if (written && !parser.is_done()) co_await Linger(tcp);
      co_return written&& framing.keep_alive;
    }

    if (!co_await ReadBody(connection, parser)) co_return false;
    tcp.expires_never();
    connection.waits_since.reset();
    HttpResponse answer = co_await Answer(parser.Release());
    framing.keep_alive = parser.keep_alive() && !stopping_;
    const bool written = co_await Write(connection, std::move(answer), framing);
    co_return written&& framing.keep_alive;
  }

  // The rest of a request. False when the connection is over.
  template <class Stream>
  asio::awaitable<bool> ReadBody(ConnectionOver<Stream>& connection, RequestParser& parser) {
    if (parser.is_done()) co_return true;
    beast::tcp_stream& tcp = connection.tcp();
    AwaitClient(connection);
    if (parser.expects_continue()) {
      tcp.expires_after(limits_.body_timeout);
      http::response<http::empty_body> go_on(http::status::continue_, parser.version());
      const auto [error, size] = co_await http::async_write(connection.stream, go_on, kAwait);
      if (error) co_return false;
    }
    tcp.expires_never();
    std::optional<ReadLimit> limit(std::in_place, tcp, limits_.body_timeout);
    const auto [error, size] = co_await http::async_read(connection.stream, connection.buffer, parser, kAwait);
    const bool passed = limit->passed();
    limit.reset();
    if (!error) co_return true;
    const std::optional<HttpRefusal> refusal = passed ? HttpRefusal::kTooSlow : RefusalOf(error);
    co_return co_await Refuse(connection, refusal);
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
  template <class Stream>
  asio::awaitable<bool> Refuse(ConnectionOver<Stream>& connection, std::optional<HttpRefusal> refusal) {
    if (!refusal) co_return false;
    const bool written = co_await Write(connection, site_.Refuse(*refusal, limits_), Framing{});
    if (written) co_await Linger(connection.tcp());
    co_return false;
  }

  template <class Stream>
  asio::awaitable<bool> Write(ConnectionOver<Stream>& connection, HttpResponse answer, Framing framing) {
    http::response<http::string_body> response = ToBeast(std::move(answer), framing);
    AwaitClient(connection);
    connection.tcp().expires_after(limits_.write_timeout);
    const auto [error, size] = co_await http::async_write(connection.stream, response, kAwait);
    co_return !error;
  }

  void BeginStop(std::chrono::milliseconds drain) {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    slot_free_.cancel();
    for (const auto& [connection, owner] : connections_) {
      if (connection->idle) connection->tcp().cancel();
    }
    drained_.expires_after(connections_.empty() ? std::chrono::milliseconds(0) : drain);
    drained_.async_wait([this](error_code) {
      for (const auto& [connection, owner] : connections_) connection->tcp().close();
      site_.GiveUp();
    });
  }

  const HttpLimits limits_;
  HttpSite& site_;
  const TlsWatch* const tls_;  // null: plaintext
  asio::io_context io_{1};
  Tcp::acceptor acceptor_;
  asio::steady_timer slot_free_;  // never expires by itself while waiting for a slot; cancelled when one is free
  asio::steady_timer drained_;
  std::map<Connection*, std::unique_ptr<Connection>> connections_;
  bool stopping_ = false;
  std::uint16_t port_ = 0;  // fixed by Bind
  std::thread thread_;      // of the owner of the listener
};

HttpListener::HttpListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpListener::~HttpListener() = default;

absl::StatusOr<std::unique_ptr<HttpListener>> HttpListener::Start(const Address& address, const HttpLimits& limits,
                                                                  HttpSite* site, const TlsWatch* tls) {
  auto impl = std::make_unique<Impl>(limits, site, tls);
  if (const absl::Status bound = impl->Bind(address); !bound.ok()) return bound;
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(impl)));
}

std::uint16_t HttpListener::port() const { return impl_->port(); }

void HttpListener::Stop(std::chrono::milliseconds drain) { impl_->Stop(drain); }

}  // namespace usher
