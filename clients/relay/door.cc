#include "clients/relay/door.h"

#include <algorithm>
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
#include "clients/relay/answer.h"
#include "clients/relay/webhook_parser.h"

namespace usher {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kLingerBytes = 8 * 1024 * 1024;

constexpr std::string_view kStripePath = "/webhooks/stripe";
constexpr std::string_view kHealthPath = "/healthz";

std::string_view PathOf(std::string_view target) { return target.substr(0, target.find('?')); }

// Bytes beyond ASCII in a header have no agreed meaning and no place in a proto string.
bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

v1::RelayWebhookRequest ToRelayRequest(InboundRequest&& from, std::chrono::system_clock::time_point received_at) {
  v1::RelayWebhookRequest request;
  request.set_provider("stripe");
  request.set_raw_body(std::move(from.body));
  for (auto& [name, value] : from.headers) {
    if (!IsAscii(name) || !IsAscii(value)) continue;
    v1::WebhookHeader& header = *request.add_headers();
    header.set_name(std::move(name));
    header.set_value(std::move(value));
  }
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(received_at.time_since_epoch()).count();
  request.mutable_received_at()->set_seconds(millis / 1000);
  request.mutable_received_at()->set_nanos(static_cast<std::int32_t>(millis % 1000 * 1'000'000));
  return request;
}

http::response<http::string_body> ToBeast(RelayAnswer&& answer, bool keep_alive) {
  http::response<http::string_body> response;
  response.version(11);
  response.result(static_cast<unsigned>(answer.status));
  response.set(http::field::content_type, "application/json");
  if (answer.retry_after_s) response.set(http::field::retry_after, std::to_string(*answer.retry_after_s));
  if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
  response.body() = std::move(answer.body);
  response.keep_alive(keep_alive);
  response.prepare_payload();
  return response;
}

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

}  // namespace

// Everything is touched by the I/O thread only, unless noted.
class Door::Impl {
 public:
  Impl(const DoorLimits& limits, Forwarder* forwarder, const Log* log)
      : limits_(limits), forwarder_(*forwarder), log_(*log), acceptor_(io_), slot_free_(io_), drained_(io_) {}

  ~Impl() { Close(std::chrono::milliseconds(0)); }

  absl::Status Bind(const Address& address) {
    error_code error;
    const asio::ip::address host = asio::ip::make_address(address.host, error);
    const Tcp::endpoint endpoint(host, address.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return usher::Unavailable("cannot listen on " + address.ToString() + ": " + error.message() +
                                "; choose another address with --listen");
    }
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  std::uint16_t port() const { return port_; }

  void Close(std::chrono::milliseconds drain) {
    if (!thread_.joinable()) return;
    asio::post(io_, [this, drain] { BeginClose(drain); });
    thread_.join();
  }

 private:
  struct Connection {
    explicit Connection(Tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    bool idle = true;  // waits for the first byte of a request
  };

  asio::awaitable<void> Accept() {
    while (!closing_) {
      if (connections_.size() >= limits_.connections) {
        slot_free_.expires_at(SteadyClock::time_point::max());
        co_await slot_free_.async_wait(kAwait);
        continue;
      }
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (closing_) break;
      if (error) {  // such as too many open files: wait for some to close
        slot_free_.expires_after(std::chrono::milliseconds(100));
        co_await slot_free_.async_wait(kAwait);
        continue;
      }
      asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> Serve(Tcp::socket socket) {
    error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    Connection connection(std::move(socket));
    connections_.insert(&connection);
    while (!closing_ && co_await ServeOne(connection)) connection.idle = true;
    connections_.erase(&connection);
    slot_free_.cancel();
    if (closing_ && connections_.empty()) drained_.cancel();
  }

  // One request and its response. False when the connection is over.
  asio::awaitable<bool> ServeOne(Connection& connection) {
    beast::tcp_stream& stream = connection.stream;
    WebhookParser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    stream.expires_after(limits_.header_timeout);
    const auto [header_error, header_size] =
        co_await http::async_read_header(stream, connection.buffer, parser, kAwait);
    connection.idle = false;
    if (header_error) co_return co_await Refuse(stream, header_error);

    // The path is judged before a byte of the body is waited for.
    if (std::optional<RelayAnswer> answer = AnswerNow(parser.request())) {
      const bool again = parser.is_done() && parser.keep_alive() && !closing_;
      const bool head = parser.request().method == "HEAD";
      const bool written = co_await Write(stream, *std::move(answer), again, head);
      if (written && !parser.is_done()) co_await Linger(stream);
      co_return written&& again;
    }

    stream.expires_after(limits_.body_timeout);
    if (parser.request().expects_continue) {
      http::response<http::empty_body> go_on(http::status::continue_, 11);
      const auto [go_on_error, go_on_size] = co_await http::async_write(stream, go_on, kAwait);
      if (go_on_error) co_return false;
    }
    const auto [body_error, body_size] = co_await http::async_read(stream, connection.buffer, parser, kAwait);
    if (body_error) co_return co_await Refuse(stream, body_error);

    stream.expires_never();
    const bool keep_alive = parser.keep_alive();
    RelayAnswer answer = co_await Relay(ToRelayRequest(parser.Release(), std::chrono::system_clock::now()));
    const bool again = keep_alive && !closing_;
    const bool written = co_await Write(stream, std::move(answer), again, false);
    co_return written&& again;
  }

  // The answer to everything but a webhook; nullopt for that.
  static std::optional<RelayAnswer> AnswerNow(const InboundRequest& request) {
    const std::string_view path = PathOf(request.target);
    if (path == kHealthPath) {
      if (request.method == "GET" || request.method == "HEAD") return RelayAnswer{.body = "{\"status\":\"ok\"}"};
      RelayAnswer answer = Refusal(405, "METHOD_NOT_ALLOWED", "/healthz answers GET");
      answer.allow = "GET, HEAD";
      return answer;
    }
    if (path == kStripePath) {
      if (request.method == "POST") return std::nullopt;
      RelayAnswer answer = Refusal(405, "METHOD_NOT_ALLOWED", "/webhooks/stripe takes POST");
      answer.allow = "POST";
      return answer;
    }
    return Refusal(404, "NOT_FOUND", "there is nothing here: Stripe's webhooks go to POST /webhooks/stripe");
  }

  asio::awaitable<RelayAnswer> Relay(v1::RelayWebhookRequest request) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(RelayAnswer)>(
        [this](auto handler, v1::RelayWebhookRequest sent) {
          // std::function wants what can be copied; the guard keeps the I/O thread until the answer is there.
          const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
          const auto guard = asio::make_work_guard(io_);
          const auto answer_with = [resume, guard](RelayAnswer answer) {
            asio::post(guard.get_executor(),
                       [resume, answer = std::move(answer)]() mutable { (*resume)(std::move(answer)); });
          };
          const bool accepted = forwarder_.TryForward(
              std::move(sent), [this, answer_with](const grpc::Status& status, const v1::RelayWebhookResponse& said) {
                RelayAnswer answer = AnswerTo(status, said);
                Record(answer, status, said);
                answer_with(std::move(answer));
              });
          if (!accepted) answer_with(Overloaded());
        },
        asio::use_awaitable, std::move(request));
  }

  // On a thread of gRPC.
  void Record(const RelayAnswer& answer, const grpc::Status& status, const v1::RelayWebhookResponse& said) const {
    if (status.ok()) {
      log_.Info("webhook relayed", {{"status", std::int64_t{answer.status}},
                                    {"event", said.event_id()},
                                    {"type", said.event_type()},
                                    {"disposition", v1::Disposition_Name(said.disposition())}});
      return;
    }
    log_.Warning("webhook not acknowledged", {{"status", std::int64_t{answer.status}},
                                              {"code", std::int64_t{status.error_code()}},
                                              {"error", status.error_message()}});
  }

  // Says why a request could not be read, when that is the client's doing. Always false: the connection is over.
  asio::awaitable<bool> Refuse(beast::tcp_stream& stream, error_code error) {
    if (error.category() != http::make_error_code(http::error::bad_method).category()) co_return false;
    if (error == http::error::end_of_stream || error == http::error::partial_message) co_return false;
    RelayAnswer answer = Refusal(400, "MALFORMED_REQUEST", "this is no HTTP/1.1 request");
    if (error == http::error::body_limit) {
      answer =
          Refusal(413, "MESSAGE_TOO_LARGE", "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      answer = Refusal(431, "MESSAGE_TOO_LARGE",
                       "the headers are too many or too long: at most " + std::to_string(kMaxHeaders) + ", " +
                           std::to_string(limits_.header_bytes) + " bytes together");
    }
    if (co_await Write(stream, std::move(answer), false, false)) co_await Linger(stream);
    co_return false;
  }

  asio::awaitable<bool> Write(beast::tcp_stream& stream, RelayAnswer answer, bool keep_alive, bool head) {
    http::response<http::string_body> response = ToBeast(std::move(answer), keep_alive);
    if (head) response.body().clear();  // the Content-Length stays what GET would say
    stream.expires_after(limits_.write_timeout);
    const auto [error, size] = co_await http::async_write(stream, response, kAwait);
    co_return !error;
  }

  void BeginClose(std::chrono::milliseconds drain) {
    closing_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    slot_free_.cancel();
    for (Connection* connection : connections_) {
      if (connection->idle) connection->stream.cancel();
    }
    if (connections_.empty()) return;
    drained_.expires_after(drain);
    drained_.async_wait([this](error_code) {
      if (connections_.empty()) return;
      forwarder_.CancelAll();
      for (Connection* connection : connections_) connection->stream.close();
    });
  }

  const DoorLimits limits_;
  Forwarder& forwarder_;  // self-synchronised
  const Log& log_;        // any thread
  asio::io_context io_{1};
  Tcp::acceptor acceptor_;
  asio::steady_timer slot_free_;  // never expires by itself while waiting for a slot; cancelled when one is free
  asio::steady_timer drained_;
  std::set<Connection*> connections_;
  bool closing_ = false;
  std::uint16_t port_ = 0;  // fixed by Bind
  std::thread thread_;      // of the owner of the door
};

Door::Door(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Door::~Door() = default;

absl::StatusOr<std::unique_ptr<Door>> Door::Open(const Address& address, const DoorLimits& limits, Forwarder* forwarder,
                                                 const Log* log) {
  auto impl = std::make_unique<Impl>(limits, forwarder, log);
  if (const absl::Status bound = impl->Bind(address); !bound.ok()) return bound;
  return std::unique_ptr<Door>(new Door(std::move(impl)));
}

std::uint16_t Door::port() const { return impl_->port(); }

void Door::Close(std::chrono::milliseconds drain) { impl_->Close(drain); }

}  // namespace usher
