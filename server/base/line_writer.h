// Lines on their way to a file descriptor that may be read slowly, or by nobody.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace usher {

struct LineWriterLimits {
  // What waits, at most; beyond that the oldest line is dropped for the newest.
  std::size_t lines = 8192;
  std::size_t bytes = std::size_t{4} * 1024 * 1024;
  // How long stopping waits for what is still to be written.
  std::chrono::milliseconds flush{2000};
};

// One thread writes; whoever has a line to say never waits for the reader. Any thread may call.
class LineWriter {
 public:
  // Writes to `descriptor`, which stays open as long as the process runs. `tell_dropped` makes the line that says how
  // many lines were dropped before the next one.
  LineWriter(int descriptor, std::function<std::string(std::int64_t dropped)> tell_dropped,
             const LineWriterLimits& limits = {});
  // Writes what waits, as far as it is read in time.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // `line` has no line end of its own.
  void Write(std::string line);

  // Waits until everything that was said before is written; false when that took longer than `patience`.
  bool Flush(std::chrono::milliseconds patience);

  // Lines that were dropped so far.
  std::int64_t dropped() const;

  // Whether lines wait or are being written. Takes no lock: a signal handler may ask.
  bool busy() const;

 private:
  struct State;
  // Whoever cannot be waited for any longer keeps the state alive: a thread that is stuck in the kernel.
  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace usher
