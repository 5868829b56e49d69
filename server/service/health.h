// What /healthz, /readyz and the gRPC health service report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace usher {

// One thing that has to work, most of them before traffic is welcome.
struct HealthCheck {
  std::string name;
  bool ok = false;
  std::string message;  // for people: what is wrong and what to do, or how it is
  bool needed = true;   // false: traffic is welcome all the same
};

// A number that should usually be 0, and that a person should look at when it is not.
struct HealthCount {
  std::string name;
  std::int64_t value = 0;
};

// Something that a person has to mend, while traffic stays welcome.
struct HealthWarning {
  std::string name;     // that of the count it is about, or what it is about
  std::string message;  // what was seen and what to do
};

struct HealthReport {
  std::vector<HealthCheck> checks;
  std::vector<HealthWarning> warnings;
  std::vector<HealthCount> counts;

  // Traffic is welcome.
  bool ready() const {
    for (const HealthCheck& check : checks) {
      if (check.needed && !check.ok) return false;
    }
    return true;
  }
};

}  // namespace usher
