#include "catalog/parse/load.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "catalog/canonical.h"
#include "catalog/parse/draft.h"
#include "catalog/parse/node.h"
#include "catalog/parse/read_tree.h"
#include "catalog/parse/shape.h"

namespace usher {
namespace {

bool IsSection(std::string_view key) {
  constexpr std::string_view kSections[] = {"groups", "features",     "plans", "add_ons",
                                            "prices", "member_kinds", "roles", "permissions"};
  return std::find(std::begin(kSections), std::end(kSections), key) != std::end(kSections);
}

// Moves the entries of `from` to the end of `into`. With `levels` left, maps of the same key are united instead.
// Keys that repeat stay, for CheckShape to report with both places.
void Unite(Node& into, Node& from, int levels) {
  const std::size_t before = into.entries.size();
  for (Node::Entry& entry : from.entries) {
    const auto end = into.entries.begin() + static_cast<std::ptrdiff_t>(before);
    const auto same =
        std::find_if(into.entries.begin(), end, [&](const Node::Entry& mine) { return mine.key == entry.key; });
    if (levels > 0 && same != end && same->value.IsMap() && entry.value.IsMap()) {
      Unite(same->value, entry.value, levels - 1);
    } else {
      into.entries.push_back(std::move(entry));
    }
  }
}

// Puts the top of one more file into the whole. `apiVersion` is in each file, so all but the first are judged here.
void UniteFile(Node& whole, Node& file, Findings& findings) {
  for (Node::Entry& entry : file.entries) {
    const auto same = std::find_if(whole.entries.begin(), whole.entries.end(), [&](const Node::Entry& mine) {
      return mine.key == entry.key && mine.key_place.file != entry.key_place.file;
    });
    if (same == whole.entries.end()) {
      whole.entries.push_back(std::move(entry));
    } else if (entry.key == "apiVersion") {
      Node top;
      top.kind = Node::Kind::kMap;
      top.place = file.place;
      top.entries.push_back(std::move(entry));
      CheckShape(top, CatalogShape(), findings);
    } else if (entry.key == "catalog") {
      findings.Add(Code::kTwoCatalogNames, entry.value.place,
                   "The key \"catalog\" stands here and already at " + findings.Describe(same->key_place) +
                       ": exactly one file of a catalog says its name.");
    } else if (IsSection(entry.key) && same->value.IsMap() && entry.value.IsMap()) {
      Unite(same->value, entry.value, entry.key == "prices" ? 1 : 0);
    } else {
      whole.entries.push_back(std::move(entry));
    }
  }
}

std::optional<Node> ReadFiles(const std::vector<SourceFile>& files, Findings& findings) {
  std::optional<Node> whole;
  bool complete = true;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    std::optional<Node> root = ReadTree(i, files[i].text, findings);
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
    Draft draft(*root, findings);
    BuildSections(draft);
    BuildFeatures(draft);
    BuildMembers(draft);
    BuildGroups(draft);
    BuildPlans(draft);
    BuildAddOns(draft);
    BuildPrices(draft);
    CheckWhole(draft);
    if (!findings.HasErrors()) {
      draft.catalog.hash = Sha256(CanonicalForm(draft.catalog));
      result.catalog = std::make_shared<const Catalog>(std::move(draft.catalog));
    }
  }
  result.findings = findings.Take();
  return result;
}

}  // namespace usher
