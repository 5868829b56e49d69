#include "clients/cli/failure_sentence.h"

#include <string_view>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace usher {
namespace {

// An error of the server has an ErrorInfo; one that gRPC made on the way has none.
bool IsFromServer(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const google::protobuf::Any& detail : details.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) return true;
  }
  return false;
}

// What is wrong with the server of an address, by a part of what gRPC says of a connection that failed.
struct Trouble {
  std::string_view part;
  std::string_view before;  // the address follows
  std::string_view after;
};

constexpr Trouble kTroubles[] = {
    {"http1.x server", "what answers at ",
     " speaks HTTP/1, and gRPC was expected; name the server's gRPC address (--grpc of usherd, port 7480 unless said "
     "otherwise) with --server HOST:PORT or USHER_SERVER"},
    {"missing selected ALPN property", "what answers at ",
     " speaks TLS but not gRPC; name the server's gRPC address (--grpc of usherd, port 7480 unless said otherwise) "
     "with "
     "--server HOST:PORT or USHER_SERVER"},
    {"Connection refused", "no server answers at ",
     "; start one with `usherd` or `./dev run`, or name another with --server HOST:PORT or USHER_SERVER"},
    {"DNS resolution failed", "the host of ", " is not known; name the server with --server HOST:PORT or USHER_SERVER"},
    {"wrong version number", "what answers at ",
     " speaks no TLS, and TLS was expected; if plaintext is meant, put http:// before the address"},
    {"certificate verify failed", "the certificate that is shown at ",
     " is not trusted: it has expired, is not valid yet, or comes from an authority that is not known here; name the "
     "authority with --tls-ca FILE or USHER_TLS_CA, or let the server have a valid certificate"},
    {"is not in peer certificate", "the certificate that is shown at ",
     " is one of other hosts; name the server with --server or USHER_SERVER as its certificate does, or let the server "
     "have a certificate for this name"},
    {"empty address list", "to reach ",
     " the files of --tls-ca, --tls-cert and --tls-key are needed, and they cannot be used: expected PEM, with "
     "certificates in the first two and the key of the second's certificate in the third"},
};

// A peer that speaks TLS hangs up on one that does not, and one that asks for certificates on one that shows none.
bool WasHungUpOn(std::string_view text) {
  return text.find("Socket closed") != std::string_view::npos ||
         text.find("Connection reset by peer") != std::string_view::npos;
}

std::string HungUp(const ServerOptions& options) {
  const std::string sentence = "what answers at " + options.address + " closed the connection at once; ";
  if (!options.tls) {
    return sentence +
           "if it speaks TLS, put https:// before the address, and name the authority of its certificate "
           "with --tls-ca FILE or USHER_TLS_CA";
  }
  return sentence +
         (options.cert_pem.empty()
              ? "if it asks its callers for certificates, show one with --tls-cert FILE and --tls-key FILE"
              : "it may not trust the certificate of --tls-cert: show one of an authority of --tls-client-ca "
                "of usherd");
}

std::string Unreachable(std::string_view text, const ServerOptions& options) {
  for (const Trouble& trouble : kTroubles) {
    if (text.find(trouble.part) == std::string_view::npos) continue;
    return std::string(trouble.before) + options.address + std::string(trouble.after);
  }
  if (WasHungUpOn(text)) return HungUp(options);
  return "the server at " + options.address + " cannot be reached (" + std::string(text) +
         "); name another with --server HOST:PORT or USHER_SERVER";
}

}  // namespace

std::string SentenceFor(const grpc::Status& status, const ServerOptions& options) {
  if (IsFromServer(status)) return status.error_message();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return Unreachable(status.error_message(), options);
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return "the server at " + options.address + " did not answer in time; ask again, or look at its /readyz";
  }
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return "what answers at " + options.address +
           " does not know this question; is it an Usher server of this version, and for "
           "`usher clock` one that was started with --test-clock?";
  }
  return "the server at " + options.address + " failed: " + status.error_message();
}

}  // namespace usher
