// Strict YAML: the only code that talks to yaml-cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "catalog/parse/finding.h"
#include "catalog/parse/node.h"

namespace usher {

inline constexpr int kMostDepth = 16;

// Reads one file. Refuses, each with its own code: text that is not UTF-8, control characters, more than
// kMostCatalogBytes, nesting deeper than kMostDepth, directives, anchors, aliases, tags, merge keys, keys that are no
// scalars, a second document, an empty file, and whatever is not YAML. Duplicate keys stay in the tree: CheckShape
// knows what they are.
//
// nullopt when there is no tree to go on with; findings that leave one (an anchor, a tag) do not stop the reading, so
// that everything is found at once. Time and memory are linear in the text, which is bounded.
//
// `starts` ends the sentence that an empty file gets: with what such a file starts.
std::optional<Node> ReadTree(std::uint32_t file, std::string_view text, Findings& findings, std::string_view starts);

}  // namespace usher
