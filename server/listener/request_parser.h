// Reads one HTTP request exactly as it arrives.
//
// Beast's own message type groups headers of equal name and does not count them; a relay has to hand them on in the
// order of arrival, and every header costs more memory than its bytes. Fields behind a chunked body are dropped: the
// head was judged without them (RFC 9110 6.5.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include "server/listener/message.h"
#include "server/listener/site.h"

namespace usher {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  explicit RequestParser(const HttpLimits& limits) : max_headers_(limits.headers) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
  }

  // What was read so far.
  const HttpRequest& request() const { return request_; }
  HttpRequest Release() { return std::move(request_); }

  // 11 for HTTP/1.1, 10 for HTTP/1.0; 11 before that was read.
  unsigned version() const { return version_; }

  // The client waits to be told to go on before it sends the body.
  bool expects_continue() const { return expects_continue_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    version_ = static_cast<unsigned>(version);
  }

  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(boost::beast::http::field field, string_view name, string_view value, error_code& error) override {
    if (in_body_) return;
    // Beast takes any other coding for a body of no bytes, and what follows for the next request (RFC 9112 6.1).
    if (field == boost::beast::http::field::transfer_encoding && !TakeCoding(value)) {
      error = boost::beast::http::error::bad_transfer_encoding;
      return;
    }
    if (request_.headers.size() == max_headers_) {
      error = boost::beast::http::error::header_limit;
      return;
    }
    if (field == boost::beast::http::field::expect) {
      expects_continue_ = boost::beast::iequals(value, "100-continue");
    }
    request_.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }

  // `chunked`, said once, in HTTP/1.1.
  bool TakeCoding(string_view coding) {
    return version_ > 10 && !std::exchange(coded_, true) && boost::beast::iequals(coding, "chunked");
  }

  void on_header_impl(error_code&) override { in_body_ = true; }
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

  const std::size_t max_headers_;
  HttpRequest request_;
  unsigned version_ = 11;
  bool expects_continue_ = false;
  bool coded_ = false;
  bool in_body_ = false;
};

}  // namespace usher
