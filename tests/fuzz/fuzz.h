// What a fuzz target is: a function that takes any bytes and checks what has to hold for them.
//
// The same source is built twice: everywhere as a test that replays tests/fuzz/corpus/NAME, and with the `asan` preset
// as a program that libFuzzer drives to new inputs (`./dev fuzz`).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace usher::fuzz {

// Defined once per target. Any bytes; no failure but by Require, a sanitizer or a crash.
void TryInput(std::string_view input);

// Ends the process when `holds` is false: the fuzzer then keeps the input that did it.
inline void Require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", what.c_str());
  std::abort();
}

// Splits off what stands before the first `separator`; all of it when there is none.
inline std::string_view TakeUntil(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return head;
}

}  // namespace usher::fuzz
