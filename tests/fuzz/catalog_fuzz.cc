// plans.yaml: any bytes end in a catalog or in findings that say where.
#include <algorithm>
#include <string>
#include <string_view>

#include "catalog/parse/load.h"
#include "tests/fuzz/fuzz.h"

namespace usher::fuzz {

void TryInput(std::string_view input) {
  const std::string text(input);
  const LoadResult loaded = LoadCatalog({{.name = "plans.yaml", .text = text}});
  bool error = false;
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const Finding& finding : loaded.findings) {
    error = error || finding.severity == Severity::kError;
    Require(!finding.message.empty(), "a finding says something");
    Require(finding.file == "plans.yaml", "a finding names the file");
    // A lone carriage return ends a line of YAML too.
    const auto returns = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\r'));
    Require(finding.line >= 1 && finding.line <= lines + returns + 1, "a finding stands within the file");
    Require(finding.column >= 1 && finding.column <= text.size() + 1, "a finding's column stands within the file");
  }
  Require((loaded.catalog == nullptr) == error, "there is a catalog exactly when there is no error");
  const LoadResult again = LoadCatalog({{.name = "plans.yaml", .text = text}});
  Require(again.findings.size() == loaded.findings.size(), "the same file has the same findings");
  if (loaded.catalog != nullptr) {
    Require(again.catalog != nullptr && again.catalog->hash == loaded.catalog->hash, "the same file has the same hash");
  }
}

}  // namespace usher::fuzz
