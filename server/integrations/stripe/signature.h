// The `Stripe-Signature` header: who sent these bytes, and how long ago.
//
//   Stripe-Signature: t=1614265330,v1=3c58...[,v1=...][,v0=...]
//
// Each v1 is HMAC-SHA256 over `t.body` in lower-case hex, keyed by the whole text of the endpoint's secret. Pure: the
// time of receipt is an argument, so a delivery that waited in a queue is judged as of its arrival.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/time.h"
#include "server/base/secret.h"

namespace usher::stripe {

// A signed delivery may be so old, or so far ahead of our clock, that a recording of it cannot be played back later.
inline constexpr Millis kSignatureTolerance = std::chrono::seconds(300);

enum class SignatureResult {
  kValid,
  kMalformed,  // there is no header, or it cannot be read
  kMismatch,   // no v1 was made with one of the secrets over these bytes
  kStale,      // genuine, but made outside the tolerance around the time of receipt
};

struct SignatureVerdict {
  SignatureResult result = SignatureResult::kMalformed;
  std::string reason;  // a sentence that may be shown to the sender; empty when valid
};

// Verifies deliveries against any of several secrets, so that a secret can be rolled without losing one. Immutable;
// safe from any thread.
class SignatureVerifier {
 public:
  // INVALID_ARGUMENT when there is no secret, or one is empty, blank or wrapped in white space: an empty key would
  // accept what everybody can compute. The message names the position of the secret, never its text.
  static absl::StatusOr<SignatureVerifier> Create(std::vector<Secret> secrets);

  SignatureVerdict Verify(std::string_view header, std::string_view body, Instant received_at) const;

 private:
  explicit SignatureVerifier(std::vector<Secret> secrets);

  std::vector<Secret> secrets_;
};

// The header that Stripe would send with `body` at `unix_seconds`, for tests and for the stories that Usher plays.
std::string SignatureHeader(const Secret& secret, std::int64_t unix_seconds, std::string_view body);

}  // namespace usher::stripe
