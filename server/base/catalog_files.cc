#include "server/base/catalog_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

constexpr std::size_t kMostNamed = 5;

// What a folder holds instead of catalog files: `it holds plans.YAML, readme.md`.
std::string Instead(std::vector<std::string> names) {
  if (names.empty()) return "it is empty";
  std::sort(names.begin(), names.end());
  std::string listed;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) listed += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostNamed) listed += " and " + std::to_string(names.size() - kMostNamed) + " more";
  return "it holds " + listed;
}

absl::StatusOr<std::vector<std::string>> FilesOf(const std::string& folder) {
  std::vector<std::string> files;
  std::vector<std::string> others;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code unknown;  // of one entry, such as a link to itself, which reading then reports
    const std::string name = at->path().filename().string();
    if (IsCatalogFile(name) && !at->is_directory(unknown)) {
      files.push_back(at->path().string());
    } else {
      others.push_back(name);
    }
  }
  if (error) return FailedPrecondition("cannot list the folder " + folder + ": " + error.message());
  if (files.empty()) {
    return FailedPrecondition("the folder " + folder + " has no file that ends in .yaml or .yml, in small letters; " +
                              Instead(std::move(others)));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool IsCatalogFile(std::string_view name) {
  if (EndsWith(name, ".test.yaml") || EndsWith(name, ".test.yml")) return false;
  return EndsWith(name, ".yaml") || EndsWith(name, ".yml");
}

absl::StatusOr<SourceFile> ReadSourceFile(const std::string& path, std::size_t most_bytes) {
  // Opening a named pipe waits for somebody who writes into it, and a device may never end.
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return FailedPrecondition(path + " is a " + (fs::is_directory(status) ? "folder" : "pipe, a socket or a device") +
                              ", and a regular file is expected: name one, or write the text into one first");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return FailedPrecondition("cannot open " + path + ": check that it may be read");
  SourceFile file{.name = path, .text = std::string(most_bytes + 1, '\0')};
  stream.read(file.text.data(), static_cast<std::streamsize>(file.text.size()));
  if (stream.bad()) return FailedPrecondition("cannot read " + path);
  file.text.resize(static_cast<std::size_t>(stream.gcount()));
  return file;
}

absl::StatusOr<std::vector<SourceFile>> ReadCatalogFiles(const std::vector<std::string>& paths) {
  std::vector<SourceFile> sources;
  std::set<fs::path> read;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return NotFound("there is no file or folder " + path);
    std::vector<std::string> files = {path};
    if (fs::is_directory(status)) {
      absl::StatusOr<std::vector<std::string>> listed = FilesOf(path);
      if (!listed.ok()) return listed.status();
      files = *std::move(listed);
    }
    for (const std::string& file : files) {
      if (sources.size() > kMostCatalogFiles) return sources;
      const fs::path canonical = fs::canonical(file, error);
      if (!error && !read.insert(canonical).second) continue;
      absl::StatusOr<SourceFile> source = ReadSourceFile(file, kMostCatalogBytes);
      if (!source.ok()) return source.status();
      sources.push_back(*std::move(source));
    }
  }
  return sources;
}

}  // namespace usher
