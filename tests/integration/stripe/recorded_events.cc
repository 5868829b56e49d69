#include "tests/integration/stripe/recorded_events.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace usher::stripe_test {

std::optional<std::vector<RecordedEvent>> LoadRecordedEvents() {
  const char* folder = std::getenv("USHER_RECORDED_EVENTS");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  std::vector<RecordedEvent> events;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".json") continue;
    std::ostringstream body;
    body << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    events.push_back({std::filesystem::relative(entry.path(), folder).generic_string(), body.str()});
  }
  std::sort(events.begin(), events.end(),
            [](const RecordedEvent& a, const RecordedEvent& b) { return a.name < b.name; });
  return events;
}

std::vector<std::string> LoadGolden(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') lines.push_back(line);
  }
  return lines;
}

}  // namespace usher::stripe_test
