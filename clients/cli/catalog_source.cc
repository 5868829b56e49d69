#include "clients/cli/catalog_source.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "catalog/absl_bridge.h"
#include "clients/cli/git.h"
#include "server/base/catalog_files.h"

namespace usher {
namespace {

constexpr std::size_t kMostListBytes = 1024 * 1024;

// What git says on one line: a hint after it would run into it.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// The output of git, which has to succeed.
absl::StatusOr<std::string> Ask(const std::string& name, const std::vector<std::string>& arguments,
                                std::size_t most_bytes) {
  absl::StatusOr<GitResult> result = RunGit(arguments, most_bytes);
  if (!result.ok()) return FailedPrecondition("cannot read " + name + ": " + StatusMessage(result.status()));
  // Git that was stopped at the bound has not succeeded, and there is enough for the loader to say so.
  if (result->exit_code == 0 || result->out.size() > most_bytes) return std::move(result->out);
  return NotFound("cannot read " + name + ": git says: " + FirstLine(result->err));
}

absl::StatusOr<SourceFile> ReadBlob(const std::string& name) {
  absl::StatusOr<std::string> text = Ask(name, {"show", name}, kMostCatalogBytes);
  if (!text.ok()) return text.status();
  return SourceFile{.name = name, .text = *std::move(text)};
}

// The files directly in the folder `name` of a revision that a folder on disk would stand for.
absl::StatusOr<std::vector<SourceFile>> ReadTreeOf(const std::string& name) {
  // Without --full-tree git looks for the present folder inside the one that is listed.
  const absl::StatusOr<std::string> listed = Ask(name, {"ls-tree", "--full-tree", "-z", name}, kMostListBytes);
  if (!listed.ok()) return listed.status();
  const std::string folder = name.back() == '/' || name.back() == ':' ? name : name + "/";
  std::vector<SourceFile> files;
  std::string_view rest = *listed;
  while (!rest.empty()) {
    // `100644 blob 8f2c...<tab>plans.yaml<NUL>`, by name.
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    const std::size_t tab = entry.find('\t');
    if (tab == std::string_view::npos || !entry.starts_with("100")) continue;
    const std::string file(entry.substr(tab + 1));
    if (!IsCatalogFile(file)) continue;
    absl::StatusOr<SourceFile> source = ReadBlob(folder + file);
    if (!source.ok()) return source.status();
    files.push_back(*std::move(source));
    if (files.size() > kMostCatalogFiles) break;
  }
  if (files.empty())
    return NotFound("the folder " + name + " has no file that ends in .yaml or .yml, in small letters");
  return files;
}

}  // namespace

absl::StatusOr<std::vector<SourceFile>> ReadCatalogSource(const std::string& name) {
  std::error_code unknown;
  if (std::filesystem::exists(name, unknown)) return ReadCatalogFiles({name});
  // A name that git would take for an option is none of a revision.
  if (name.find(':') == std::string::npos || name.front() == ':' || name.front() == '-') {
    return NotFound("there is no file or folder " + name + "; a git revision is named with the path in it, such as " +
                    "HEAD~1:plans.yaml");
  }
  const absl::StatusOr<std::string> type = Ask(name, {"cat-file", "-t", name}, kMostListBytes);
  if (!type.ok()) return type.status();
  if (*type == "tree\n") return ReadTreeOf(name);
  absl::StatusOr<SourceFile> file = ReadBlob(name);
  if (!file.ok()) return file.status();
  return std::vector<SourceFile>{*std::move(file)};
}

}  // namespace usher
