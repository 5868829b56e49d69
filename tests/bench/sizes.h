// How long the payload of an echo has to be for its message to have a given size.
#pragma once

#include <cstddef>

namespace usher::bench {

// The message holds one field of bytes: a tag, a length of one byte below 128 and of two below 16384, three beyond.
inline std::size_t PayloadBytes(std::size_t message_bytes) {
  const std::size_t length_bytes = message_bytes < 130 ? 1 : message_bytes < 16387 ? 2 : 3;
  return message_bytes > 1 + length_bytes ? message_bytes - 1 - length_bytes : 0;
}

}  // namespace usher::bench
