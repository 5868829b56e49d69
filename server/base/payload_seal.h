// Sealing: payloads that hold other people's data are stored so that only the holder of a key reads them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace usher {

// XChaCha20-Poly1305 with a random nonce each. Any thread may call.
class PayloadSeal {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  using Key = std::array<unsigned char, kKeyBytes>;

  // `keys` is not empty: the first seals, all of them open.
  explicit PayloadSeal(std::vector<Key> keys);

  // Keys as a file holds them: 64 hexadecimal digits a line. INVALID_ARGUMENT, without the text, for anything else.
  static absl::StatusOr<PayloadSeal> FromText(std::string_view text);
  // A random key as FromText reads it.
  static std::string NewKeyText();

  // The payload, readable only with the key and only together with `label`: what is sealed for one row cannot be moved
  // to another.
  std::string Seal(std::string_view payload, std::string_view label) const;

  // FAILED_PRECONDITION when none of the keys sealed it; DATA_LOSS when the bytes or the label are not those that were
  // sealed. What does not begin like a sealed payload comes back as it is: it was stored before there was a seal.
  absl::StatusOr<std::string> Open(std::string_view sealed, std::string_view label) const;

 private:
  struct Named {
    Key key;
    std::string name;  // the first bytes of its hash: says which key sealed, and nothing about it
  };
  std::vector<Named> keys_;
};

}  // namespace usher
