// Reads one HTTP request exactly as it arrives.
//
// Beast's own message type groups headers of equal name; a relay has to hand them on in the order of arrival.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/beast/http/basic_parser.hpp>

namespace usher {

// What a client sent. The body is verbatim, without the framing of chunks.
struct InboundRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool expects_continue = false;
};

// The limits of `WebhookHeader` and `RelayWebhookRequest`.
inline constexpr std::size_t kMaxHeaders = 100;
inline constexpr std::size_t kMaxHeaderNameBytes = 256;
inline constexpr std::size_t kMaxHeaderValueBytes = 8 * 1024;

class WebhookParser final : public boost::beast::http::basic_parser<true> {
 public:
  const InboundRequest& request() const { return request_; }
  InboundRequest Release() { return std::move(request_); }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int, error_code&) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
  }

  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(boost::beast::http::field name, string_view name_text, string_view value,
                     error_code& error) override {
    if (request_.headers.size() == kMaxHeaders || name_text.size() > kMaxHeaderNameBytes ||
        value.size() > kMaxHeaderValueBytes) {
      error = boost::beast::http::error::header_limit;
      return;
    }
    if (name == boost::beast::http::field::expect) {
      request_.expects_continue = boost::beast::iequals(value, "100-continue");
    }
    request_.headers.emplace_back(std::string(name_text.data(), name_text.size()),
                                  std::string(value.data(), value.size()));
  }

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_finish_impl(error_code&) override {}

  InboundRequest request_;
};

}  // namespace usher
