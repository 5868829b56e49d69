#include "server/app/catalog_source.h"

#include <charconv>
#include <system_error>

#include "catalog/absl_bridge.h"
#include "catalog/parse/finding.h"
#include "catalog/parse/load.h"

namespace usher {

// Each file: its name, a line end, the size of its text in bytes, a line end, its text.
std::string JoinSources(const std::vector<SourceFile>& files) {
  std::string text;
  for (const SourceFile& file : files) text += file.name + "\n" + std::to_string(file.text.size()) + "\n" + file.text;
  return text;
}

absl::StatusOr<std::vector<SourceFile>> SplitSources(std::string_view text) {
  std::vector<SourceFile> files;
  while (!text.empty()) {
    const std::size_t name_end = text.find('\n');
    const std::size_t size_end = name_end == std::string_view::npos ? name_end : text.find('\n', name_end + 1);
    if (size_end == std::string_view::npos) return DataLoss("a stored catalog has a damaged head");
    std::size_t size = 0;
    const char* const end = text.data() + size_end;
    const auto read = std::from_chars(text.data() + name_end + 1, end, size);
    if (read.ec != std::errc() || read.ptr != end || size > text.size() - size_end - 1) {
      return DataLoss("a stored catalog has a damaged size");
    }
    files.push_back(
        {.name = std::string(text.substr(0, name_end)), .text = std::string(text.substr(size_end + 1, size))});
    text.remove_prefix(size_end + 1 + size);
  }
  return files;
}

absl::StatusOr<CatalogPtr> LoadJoined(const std::string& text) {
  const absl::StatusOr<std::vector<SourceFile>> files = SplitSources(text);
  if (!files.ok()) return files.status();
  const LoadResult loaded = LoadCatalog(*files);
  if (loaded.catalog != nullptr) return loaded.catalog;
  return FailedPrecondition(loaded.findings.empty() ? "no finding" : FormatFinding(loaded.findings.front()));
}

}  // namespace usher
