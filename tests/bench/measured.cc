#include "tests/bench/measured.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sstream>

#include "server/base/json_text.h"

namespace usher::bench {

double Quantile(std::vector<float>& values, double part) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::string AsJson(Measured measured) {
  const auto calls = static_cast<double>(measured.latencies_us.size());
  std::ostringstream json;
  json << "{\"calls\": " << measured.latencies_us.size() << ", \"failed\": " << measured.failed
       << ", \"bad\": " << measured.bad << ", \"seconds\": " << measured.seconds
       << ", \"rate\": " << calls / std::max(measured.seconds, 1e-9)
       << ", \"p50_us\": " << Quantile(measured.latencies_us, 0.5)
       << ", \"p99_us\": " << Quantile(measured.latencies_us, 0.99)
       << ", \"max_us\": " << Quantile(measured.latencies_us, 1)
       << ", \"server_cpu_us\": " << measured.server_cpu_us / std::max(calls, 1.0) << ", \"request_bytes\": "
       << measured.request_bytes / static_cast<std::size_t>(std::max<std::int64_t>(1, measured.sampled))
       << ", \"response_bytes\": "
       << measured.response_bytes / static_cast<std::size_t>(std::max<std::int64_t>(1, measured.sampled));
  std::string failure;
  AppendJsonString(failure, measured.failure);
  json << ", \"failure\": " << failure << "}\n";
  return json.str();
}

std::chrono::nanoseconds ProcessTime(pid_t pid) {
  if (pid == 0) return {};
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    std::cerr << "cannot read the processor time of process " << pid << "\n";
    std::exit(2);
  }
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace usher::bench
