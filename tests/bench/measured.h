// What a run of the load generator measured.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace usher::bench {

struct Measured {
  std::vector<float> latencies_us;  // of the calls that were answered with OK
  std::int64_t failed = 0;
  std::string failure = {};  // the first
  std::int64_t bad = 0;      // answered with OK and wrong
  double seconds = 0;
  double server_cpu_us = 0;       // by the whole process
  std::size_t request_bytes = 0;  // of all sampled messages
  std::size_t response_bytes = 0;
  std::int64_t sampled = 0;
};

// The value below which the share `part` of `values` lies; 0 for none. Sorts.
double Quantile(std::vector<float>& values, double part);

// One line of JSON with rate, quantiles and mean sizes.
std::string AsJson(Measured measured);

// The processor time that process `pid` has used; 0 for pid 0. Ends the program when there is no such process.
std::chrono::nanoseconds ProcessTime(pid_t pid);

}  // namespace usher::bench
