#include "server/base/payload_seal.h"

#include <algorithm>
#include <utility>

#include <sodium.h>

#include "catalog/absl_bridge.h"
#include "catalog/digest.h"

namespace usher {
namespace {

// No JSON text begins so.
constexpr std::string_view kMagic("\x01ush", 4);
constexpr std::size_t kNameBytes = 8;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeadBytes = kMagic.size() + kNameBytes + kNonceBytes;

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::Status Malformed(std::size_t line) {
  return InvalidArgument("line " + std::to_string(line) + " is no key: expected 64 hexadecimal digits, such as " +
                         "`openssl rand -hex 32` prints");
}

}  // namespace

PayloadSeal::PayloadSeal(std::vector<Key> keys) {
  for (const Key& key : keys) {
    const Digest digest =
        Sha256(std::string("usher payload key ") + std::string(reinterpret_cast<const char*>(key.data()), key.size()));
    keys_.push_back({key, std::string(digest.bytes.begin(), digest.bytes.begin() + kNameBytes)});
  }
}

absl::StatusOr<PayloadSeal> PayloadSeal::FromText(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::vector<Key> keys;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    Key key{};
    std::size_t read = 0;
    const char* stop = nullptr;
    const int failed = sodium_hex2bin(key.data(), key.size(), line.data(), line.size(), nullptr, &read, &stop);
    if (failed != 0 || read != key.size() || stop != line.data() + line.size()) return Malformed(keys.size() + 1);
    keys.push_back(key);
    if (end == text.size()) return PayloadSeal(std::move(keys));
    text.remove_prefix(end + 1);
  }
}

std::string PayloadSeal::NewKeyText() {
  Key key{};
  randombytes_buf(key.data(), key.size());
  std::string text(key.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), key.data(), key.size());
  text.back() = '\n';
  return text;
}

std::string PayloadSeal::Seal(std::string_view payload, std::string_view label) const {
  const Named& first = keys_.front();
  std::string sealed(kHeadBytes + payload.size() + kTagBytes, '\0');
  std::ranges::copy(kMagic, sealed.begin());
  std::ranges::copy(first.name, sealed.begin() + kMagic.size());
  unsigned char* nonce = Bytes(sealed) + kMagic.size() + kNameBytes;
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kHeadBytes, nullptr, Bytes(payload), payload.size(),
                                             Bytes(label), label.size(), nullptr, nonce, first.key.data());
  return sealed;
}

absl::StatusOr<std::string> PayloadSeal::Open(std::string_view sealed, std::string_view label) const {
  if (!sealed.starts_with(kMagic)) return std::string(sealed);
  if (sealed.size() < kHeadBytes + kTagBytes) return DataLoss("a sealed payload is cut short");
  const std::string_view name = sealed.substr(kMagic.size(), kNameBytes);
  const auto found = std::ranges::find_if(keys_, [&](const Named& key) { return key.name == name; });
  if (found == keys_.end()) {
    return FailedPrecondition("the payload was sealed with a key that is not among the server's");
  }
  const unsigned char* nonce = Bytes(sealed) + kMagic.size() + kNameBytes;
  const std::string_view body = sealed.substr(kHeadBytes);
  std::string payload(body.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(Bytes(payload), nullptr, nullptr, Bytes(body), body.size(),
                                                 Bytes(label), label.size(), nonce, found->key.data()) != 0) {
    return DataLoss("a sealed payload is not the one that was sealed for this event");
  }
  return payload;
}

}  // namespace usher
