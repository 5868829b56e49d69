// The Stripe-Signature header, then a line feed, then a body: nothing but the genuine signature of the body is valid.
#include <string>
#include <string_view>

#include "server/integrations/stripe/signature.h"
#include "tests/fuzz/fuzz.h"

namespace usher::fuzz {

void TryInput(std::string_view input) {
  static const Secret secret("whsec_fuzz");
  static const stripe::SignatureVerifier verifier = *stripe::SignatureVerifier::Create({secret});
  constexpr std::int64_t kSigned = 1'700'000'000;
  const Instant received{Millis(kSigned * 1000)};

  std::string_view body = input;
  const std::string header(TakeUntil(body, '\n'));
  const std::string genuine = stripe::SignatureHeader(secret, kSigned, body);
  const std::string proof = genuine.substr(genuine.find("v1=") + 3);

  const stripe::SignatureVerdict verdict = verifier.Verify(header, body, received);
  Require((verdict.result == stripe::SignatureResult::kValid) == verdict.reason.empty(), "a refusal says why");
  if (verdict.result == stripe::SignatureResult::kValid) {
    // It may be signed at another second within the tolerance, but no fuzzer knows how.
    Require(header.find(proof) != std::string::npos, "only the secret signs");
  }
  Require(verifier.Verify(genuine, body, received).result == stripe::SignatureResult::kValid, "the genuine is valid");
  const std::string more = std::string(body) + "x";
  Require(verifier.Verify(genuine, more, received).result == stripe::SignatureResult::kMismatch,
          "a signature is of the whole body");
  Require(verifier.Verify(genuine + "," + header, more, received).result != stripe::SignatureResult::kValid,
          "nothing that is appended makes another body genuine");
  Require(verifier.Verify(header + "," + genuine, more, received).result != stripe::SignatureResult::kValid,
          "nothing that stands before makes another body genuine");
}

}  // namespace usher::fuzz
