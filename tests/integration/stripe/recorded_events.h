// Recorded events of real accounts, which are not part of this repository.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace usher::stripe_test {

struct RecordedEvent {
  std::string name;  // of the file, below the folder of all
  std::string body;
};

// Every *.json below the folder that USHER_RECORDED_EVENTS names, sorted by name; nothing when it is not set.
std::optional<std::vector<RecordedEvent>> LoadRecordedEvents();

// The lines of a golden file of `name  verdict`, in the same order.
std::vector<std::string> LoadGolden(const std::string& path);

}  // namespace usher::stripe_test
