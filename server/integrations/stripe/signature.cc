#include "server/integrations/stripe/signature.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "catalog/absl_bridge.h"

namespace usher::stripe {
namespace {

constexpr std::size_t kMaxHeaderBytes = 8 * 1024;
constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kMaxSignatures = 16;  // Stripe sends one per active secret, of which there are at most two
constexpr std::string_view kBlanks = " \t\r\n\v\f";

using Mac = std::array<unsigned char, 32>;

struct ParsedHeader {
  std::string timestamp;  // as it was signed
  std::int64_t unix_seconds = 0;
  std::vector<Mac> signatures;
};

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

std::optional<Mac> MacFromHex(std::string_view text) {
  Mac mac;
  if (text.size() != 2 * mac.size()) return std::nullopt;
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const auto high = HexDigit(text[2 * i]);
    const auto low = HexDigit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    mac[i] = static_cast<unsigned char>(*high * 16 + *low);
  }
  return mac;
}

Mac Sign(const Secret& secret, std::string_view timestamp, std::string_view body) {
  std::string message;
  message.reserve(timestamp.size() + 1 + body.size());
  message.append(timestamp).append(1, '.').append(body);
  Mac mac;
  unsigned int length = 0;
  const std::string& key = secret.Reveal();
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), mac.data(), &length);
  return mac;
}

// Takes one `name=value` of the header; the reason when it is malformed, empty otherwise.
std::string TakeElement(std::string_view name, std::string_view value, ParsedHeader& header) {
  if (name == "t") {
    if (!header.timestamp.empty()) return "Stripe-Signature has two timestamps (t=); one is expected";
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), header.unix_seconds);
    if (error != std::errc() || end != value.data() + value.size() || value.size() > 12 || value.front() == '-') {
      return "Stripe-Signature's t= is not a Unix time in seconds";
    }
    header.timestamp = value;
  } else if (name == "v1") {
    const std::optional<Mac> mac = MacFromHex(value);
    if (!mac) return "a v1= of Stripe-Signature is not 64 lower-case hexadecimal digits";
    if (header.signatures.size() == kMaxSignatures) return "Stripe-Signature has more than 16 signatures (v1=)";
    header.signatures.push_back(*mac);
  }
  return {};  // other schemes are not ours to judge
}

// Fills `header`; the reason when it is malformed, empty otherwise.
std::string ParseHeader(std::string_view text, ParsedHeader& header) {
  if (Trim(text).empty()) return "there is no Stripe-Signature header";
  if (text.size() > kMaxHeaderBytes) return "Stripe-Signature is longer than 8 KiB";
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view element = Trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = element.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == element.size()) {
      return "Stripe-Signature has an element that is not name=value";
    }
    std::string malformed = TakeElement(element.substr(0, equals), element.substr(equals + 1), header);
    if (!malformed.empty()) return malformed;
  }
  if (header.timestamp.empty()) return "Stripe-Signature has no timestamp (t=)";
  if (header.signatures.empty()) return "Stripe-Signature has no signature (v1=)";
  return {};
}

}  // namespace

SignatureVerifier::SignatureVerifier(std::vector<Secret> secrets) : secrets_(std::move(secrets)) {}

absl::StatusOr<SignatureVerifier> SignatureVerifier::Create(std::vector<Secret> secrets) {
  if (secrets.empty()) {
    return InvalidArgument("no Stripe webhook secret is given; pass the endpoint's signing secret (whsec_...)");
  }
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const std::string& text = secrets[i].Reveal();
    const std::string name = "Stripe webhook secret " + std::to_string(i + 1) + " of " + std::to_string(secrets.size());
    if (Trim(text).empty()) {
      return InvalidArgument(name + " is blank; everybody could sign with it. Pass the endpoint's signing secret");
    }
    if (Trim(text).size() != text.size()) {
      return InvalidArgument(name + " starts or ends with white space; pass the signing secret alone");
    }
    if (!text.starts_with(kSecretPrefix) || text.size() == kSecretPrefix.size()) {
      return InvalidArgument(name + " is none of Stripe's: expected the endpoint's signing secret, whsec_...");
    }
  }
  return SignatureVerifier(std::move(secrets));
}

SignatureVerdict SignatureVerifier::Verify(std::string_view header, std::string_view body, Instant received_at) const {
  ParsedHeader parsed;
  std::string malformed = ParseHeader(header, parsed);
  if (!malformed.empty()) return {SignatureResult::kMalformed, std::move(malformed)};

  bool genuine = false;
  for (const Secret& secret : secrets_) {
    const Mac expected = Sign(secret, parsed.timestamp, body);
    for (const Mac& given : parsed.signatures) {
      genuine |= CRYPTO_memcmp(expected.data(), given.data(), expected.size()) == 0;
    }
  }
  if (!genuine) {
    return {SignatureResult::kMismatch,
            "no v1 signature of Stripe-Signature matches this body; check the endpoint's signing secret"};
  }
  const Millis age = received_at - FromUnixSeconds(parsed.unix_seconds);
  if (age > kSignatureTolerance || age < -kSignatureTolerance) {
    return {SignatureResult::kStale, "the signature was made more than 300 s from the time of receipt"};
  }
  return {SignatureResult::kValid, {}};
}

std::string SignatureHeader(const Secret& secret, std::int64_t unix_seconds, std::string_view body) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string timestamp = std::to_string(unix_seconds);
  std::string header = "t=" + timestamp + ",v1=";
  for (const unsigned char byte : Sign(secret, timestamp, body)) {
    header.push_back(kDigits[byte >> 4]);
    header.push_back(kDigits[byte & 15]);
  }
  return header;
}

}  // namespace usher::stripe
