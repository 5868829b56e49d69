#include "catalog/parse/price_places.h"

#include <optional>

#include "catalog/parse/node.h"
#include "catalog/parse/read_tree.h"

namespace usher {

std::map<std::string, Place, std::less<>> PricePlaces(const std::vector<SourceFile>& files) {
  std::map<std::string, Place, std::less<>> places;
  Findings none({});
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    const std::optional<Node> root = ReadTree(i, files[i].text, none, "");
    const Node* prices = root ? Find(*root, "prices") : nullptr;
    if (prices == nullptr) continue;
    for (const Node::Entry& environment : prices->entries) {
      for (const Node::Entry& price : environment.value.entries) places.emplace(price.key, price.key_place);
    }
  }
  return places;
}

}  // namespace usher
