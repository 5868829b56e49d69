#pragma once

#include <chrono>
#include <thread>

namespace usher {

// Whether `holds` becomes true before the deadline. For what other threads do.
template <class Predicate>
bool Eventually(const Predicate& holds, std::chrono::seconds deadline = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace usher
