#include "catalog/parse/load.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "catalog/canonical.h"
#include "catalog/parse/draft.h"
#include "catalog/parse/node.h"
#include "catalog/parse/read_tree.h"
#include "catalog/parse/shape.h"

namespace usher {
namespace {

constexpr std::string_view kStarts =
    "a catalog starts with \"apiVersion: usher/v1\" and \"catalog: NAME\". Run `usher catalog init` for one to start "
    "from.";

bool IsSection(std::string_view key) {
  constexpr std::string_view kSections[] = {"groups", "features",     "plans", "add_ons",
                                            "prices", "member_kinds", "roles", "permissions"};
  return std::find(std::begin(kSections), std::end(kSections), key) != std::end(kSections);
}

// Where each key first stands among the entries of a map.
std::unordered_map<std::string, std::size_t> FirstByKey(const Node& map) {
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < map.entries.size(); ++i) first.try_emplace(map.entries[i].key, i);
  return first;
}

// Moves the entries of `from` to the end of `into`. With `levels` left, maps of the same key are united instead.
// Keys that repeat stay, for CheckShape to report with both places.
void Unite(Node& into, Node& from, int levels) {
  const std::unordered_map<std::string, std::size_t> first = FirstByKey(into);
  for (Node::Entry& entry : from.entries) {
    const auto same = first.find(entry.key);
    if (levels > 0 && same != first.end() && into.entries[same->second].value.IsMap() && entry.value.IsMap()) {
      Unite(into.entries[same->second].value, entry.value, levels - 1);
    } else {
      into.entries.push_back(std::move(entry));
    }
  }
}

// Puts the top of one more file into the whole. `apiVersion` is in each file, so all but the first are judged here.
void UniteFile(Node& whole, Node& file, Findings& findings) {
  const std::unordered_map<std::string, std::size_t> first = FirstByKey(whole);
  for (Node::Entry& entry : file.entries) {
    const auto found = first.find(entry.key);
    if (found == first.end()) {
      whole.entries.push_back(std::move(entry));
      continue;
    }
    Node::Entry& same = whole.entries[found->second];
    if (entry.key == "apiVersion") {
      Node top;
      top.kind = Node::Kind::kMap;
      top.place = file.place;
      top.entries.push_back(std::move(entry));
      CheckShape(top, CatalogShape(), findings);
    } else if (entry.key == "catalog") {
      findings.Add(Code::kTwoCatalogNames, entry.value.place,
                   "The key \"catalog\" stands here and already at " + findings.Describe(same.key_place) +
                       ": exactly one file of a catalog says its name.");
    } else if (IsSection(entry.key) && same.value.IsMap() && entry.value.IsMap()) {
      Unite(same.value, entry.value, entry.key == "prices" ? 1 : 0);
    } else {
      whole.entries.push_back(std::move(entry));
    }
  }
}

std::optional<Node> ReadFiles(const std::vector<SourceFile>& files, Findings& findings) {
  std::optional<Node> whole;
  bool complete = true;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    std::optional<Node> root = ReadTree(i, files[i].text, findings, kStarts);
    if (!root || !root->IsMap()) {
      if (root) CheckShape(*root, CatalogShape(), findings);
      complete = false;
      continue;
    }
    // Of the first file CheckShape says so.
    if (whole && Find(*root, "apiVersion") == nullptr) {
      findings.Add(Code::kMissingKey, root->place,
                   "The file needs the key \"apiVersion\": write apiVersion: usher/v1.");
    }
    if (!whole) {
      whole = std::move(root);
    } else {
      UniteFile(*whole, *root, findings);
    }
  }
  // What the unread files would have said is not missing: no further findings about a part of a catalog.
  if (!complete) return std::nullopt;
  if (whole && Find(*whole, "catalog") == nullptr) {
    findings.Add(Code::kNoCatalogName, whole->place,
                 "No file says the name of the catalog: add catalog: NAME to exactly one of them.");
  }
  return whole;
}

// Null when there was an error, here or before.
CatalogPtr Build(const Node& root, Findings& findings) {
  Draft draft(root, findings);
  BuildSections(draft);
  BuildFeatures(draft);
  BuildMembers(draft);
  BuildGroups(draft);
  BuildPlans(draft);
  BuildAddOns(draft);
  BuildPrices(draft);
  CheckWhole(draft);
  if (findings.HasErrors()) return nullptr;
  draft.catalog.hash = Sha256(CanonicalForm(draft.catalog));
  return std::make_shared<const Catalog>(std::move(draft.catalog));
}

}  // namespace

LoadResult LoadCatalog(const std::vector<SourceFile>& files) {
  std::vector<std::string> names;
  for (const SourceFile& file : files) names.push_back(file.name);
  if (names.empty()) names.emplace_back("catalog");
  Findings findings(std::move(names));
  LoadResult result;
  if (files.empty() || files.size() > kMostCatalogFiles) {
    findings.Add(files.empty() ? Code::kEmptyFile : Code::kTooMany, {},
                 "A catalog has 1 to " + std::to_string(kMostCatalogFiles) + " files, and here are " +
                     std::to_string(files.size()) + ".");
    result.findings = findings.Take();
    return result;
  }
  if (const std::optional<Node> root = ReadFiles(files, findings)) {
    CheckShape(*root, CatalogShape(), findings);
    // The bounds of sections and lists keep what follows within time and memory.
    if (!findings.Has(Code::kTooMany)) result.catalog = Build(*root, findings);
  }
  result.findings = findings.Take();
  return result;
}

}  // namespace usher
