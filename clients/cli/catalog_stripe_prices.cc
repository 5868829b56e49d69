#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/parse/names.h"
#include "clients/cli/catalog_starter.h"
#include "clients/cli/catalog_yaml.h"
#include "server/integrations/json.h"

namespace usher {
namespace {

struct ListedPrice {
  std::string id;
  bool livemode = false;
  std::string plan;  // name@version
  std::string keys;  // of the catalog, after `plan`
  std::string comment;
};

struct ListedProduct {
  std::string id;
  std::string title;
  std::string plan;
};

const JsonValue* Member(const JsonValue& object, std::string_view name, JsonType type) {
  const JsonValue* member = object.type == JsonType::kObject ? object.Find(name) : nullptr;
  return member != nullptr && member->type == type ? member : nullptr;
}

std::string Text(const JsonValue& object, std::string_view name) {
  const JsonValue* member = Member(object, name, JsonType::kString);
  return member == nullptr ? "" : member->text;
}

// `Growth (2024)` becomes growth_2024.
std::string PlanNameOf(std::string_view title) {
  std::string name;
  for (const char c : title.substr(0, 50)) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper || plain) {
      name += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return IsName(name) && !IsReservedName(name) ? name : "plan_" + name;
}

class PriceListReader {
 public:
  absl::Status Read(const JsonValue& list) {
    const JsonValue* data = Member(list, "data", JsonType::kArray);
    if (data == nullptr) {
      return InvalidArgument("it has no list \"data\": expected what `stripe prices list` prints");
    }
    for (std::size_t i = 0; i < data->children.size(); ++i) {
      const absl::Status read = ReadPrice(data->children[i].value, "data[" + std::to_string(i) + "]");
      if (!read.ok()) return read;
    }
    const JsonValue* more = Member(list, "has_more", JsonType::kBool);
    has_more_ = more != nullptr && more->boolean;
    return absl::OkStatus();
  }

  std::string Catalog() const {
    std::string text =
        "# yaml-language-server: $schema=./catalog/schema/plans.schema.json\n"
        "#\n"
        "# Made of the prices of the billing system. Say under features what applications ask about, and under the\n"
        "# entitlements of each plan what it grants.\n";
    if (has_more_)
      text += "# The list of prices went on: ask for more of it with --limit, and add those that are missing.\n";
    text += "apiVersion: usher/v1\ncatalog: my-product\n\nfeatures: {}\n\nplans:";
    if (products_.empty()) text += " {}";
    text += "\n";
    for (const ListedProduct& product : products_) {
      text += "  " + product.plan + ":\n";
      if (!product.title.empty()) text += "    title: " + YamlText(product.title) + "\n";
      text += "    entitlements: {}\n";
    }
    text += "\n# Every price id of the billing system, exactly once.\nprices:\n";
    return text + Environment(true) + Environment(false);
  }

 private:
  absl::Status ReadPrice(const JsonValue& price, const std::string& where) {
    const std::string id = Text(price, "id");
    if (!IsOpaque(id)) return InvalidArgument(where + ".id is not the id of a price");
    if (!ids_.insert(id).second) return InvalidArgument(where + ".id names " + id + ", which was listed before");
    const JsonValue* livemode = Member(price, "livemode", JsonType::kBool);
    if (livemode == nullptr) return InvalidArgument(where + ".livemode is neither true nor false");
    absl::StatusOr<std::string> plan = PlanOfProduct(price, where);
    if (!plan.ok()) return plan.status();
    ListedPrice listed{.id = id, .livemode = livemode->boolean, .plan = *std::move(plan), .keys = "", .comment = ""};
    listed.comment = Text(price, "nickname");
    const JsonValue* active = Member(price, "active", JsonType::kBool);
    if (active != nullptr && !active->boolean) listed.keys += ", status: legacy";
    AddInterval(price, listed);
    const std::string currency = Text(price, "currency");
    if (IsName(currency) && !IsReservedName(currency)) listed.keys += ", currency: " + YamlWord(currency);
    prices_.push_back(std::move(listed));
    return absl::OkStatus();
  }

  static void AddInterval(const JsonValue& price, ListedPrice& listed) {
    const JsonValue* recurring = Member(price, "recurring", JsonType::kObject);
    if (recurring == nullptr) {
      listed.keys += ", interval: once, grants_for: forever";
      return;
    }
    const JsonValue* count_value = Member(*recurring, "interval_count", JsonType::kNumber);
    const std::string count = count_value == nullptr ? "1" : count_value->text;
    const std::string interval = Text(*recurring, "interval");
    if (count == "1" && (interval == "day" || interval == "week" || interval == "month" || interval == "year")) {
      listed.keys += ", interval: " + interval;
    } else if (interval == "month" && count == "3") {
      listed.keys += ", interval: quarter";
    } else if (interval == "month" && count == "12") {
      listed.keys += ", interval: year";
    } else {
      listed.comment += (listed.comment.empty() ? "every " : "; every ") + count + " " + interval;
    }
    if (Text(*recurring, "usage_type") == "metered") listed.keys += ", arrears: true";
  }

  // The plan of the price's product, which is an id or, expanded, an object.
  absl::StatusOr<std::string> PlanOfProduct(const JsonValue& price, const std::string& where) {
    const JsonValue* expanded = Member(price, "product", JsonType::kObject);
    const std::string id = expanded == nullptr ? Text(price, "product") : Text(*expanded, "id");
    if (id.empty()) return InvalidArgument(where + ".product is neither the id of a product nor a product");
    const auto known = std::find_if(products_.begin(), products_.end(),
                                    [&](const ListedProduct& product) { return product.id == id; });
    if (known != products_.end()) return known->plan;
    const std::string title = expanded == nullptr ? "" : Text(*expanded, "name");
    const std::string name = PlanNameOf(title.empty() ? id : title);
    std::string plan = name + "@1";
    for (int i = 2; !plans_.insert(plan).second; ++i) plan = name + "_" + std::to_string(i) + "@1";
    products_.push_back({.id = id, .title = title, .plan = plan});
    return plan;
  }

  std::string Environment(bool livemode) const {
    std::string lines;
    for (const ListedPrice& price : prices_) {
      if (price.livemode != livemode) continue;
      lines += "    " + YamlWord(price.id) + ": { plan: " + price.plan + price.keys + " }";
      if (!price.comment.empty()) lines += "  # " + YamlComment(price.comment);
      lines += "\n";
    }
    return std::string(livemode ? "  live:" : "  test:") + (lines.empty() ? " {}\n" : "\n" + lines);
  }

  std::vector<ListedProduct> products_;
  std::vector<ListedPrice> prices_;
  std::set<std::string> ids_;
  std::set<std::string> plans_;
  bool has_more_ = false;
};

}  // namespace

absl::StatusOr<std::string> CatalogOfStripePrices(std::string_view json) {
  const absl::StatusOr<JsonDocument> document = ParseJson(json);
  if (!document.ok()) return document.status();
  PriceListReader reader;
  const absl::Status read = reader.Read(document->root);
  if (!read.ok()) return read;
  return Validated(reader.Catalog());
}

}  // namespace usher
