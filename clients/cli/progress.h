// How far a long command has come: one line that is drawn again on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace usher {

class Progress {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `out` outlives it. `what` is counted: `tenants`. With `terminal` the line is drawn again, ten times a second at
  // most; else a line is printed every ten seconds.
  Progress(std::ostream& out, bool terminal, std::string what, std::int64_t total, Time start);

  // `done` of `total` at `now`; draws when it is time to.
  void Show(std::int64_t done, Time now);

  // Takes the line off the terminal, so that what is printed next stands alone.
  void Clear();

 private:
  std::ostream& out_;
  const bool terminal_;
  const std::string what_;
  const std::int64_t total_;
  const Time start_;
  Time next_;
};

}  // namespace usher
