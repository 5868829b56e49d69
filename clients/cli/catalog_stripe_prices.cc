#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/parse/names.h"
#include "clients/cli/catalog_starter.h"
#include "clients/cli/catalog_yaml.h"
#include "clients/cli/stripe_price_list.h"

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

// The catalog that says what the list says.
class CatalogWriter {
 public:
  absl::Status Add(const StripePriceList& list) {
    for (std::size_t i = 0; i < list.prices.size(); ++i) {
      const absl::Status added = AddPrice(list.prices[i], "data[" + std::to_string(i) + "]");
      if (!added.ok()) return added;
    }
    has_more_ = list.has_more;
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
  absl::Status AddPrice(const StripePrice& price, const std::string& where) {
    absl::StatusOr<std::string> plan = PlanOfProduct(price, where);
    if (!plan.ok()) return plan.status();
    ListedPrice listed{.id = price.id, .livemode = price.livemode, .plan = *std::move(plan), .keys = "", .comment = ""};
    listed.comment = price.nickname;
    if (!price.active) listed.keys += ", status: legacy";
    AddInterval(price, listed);
    if (IsName(price.currency) && !IsReservedName(price.currency)) {
      listed.keys += ", currency: " + YamlWord(price.currency);
    }
    prices_.push_back(std::move(listed));
    return absl::OkStatus();
  }

  static void AddInterval(const StripePrice& price, ListedPrice& listed) {
    if (!price.recurring) {
      listed.keys += ", interval: once, grants_for: forever";
      return;
    }
    if (const std::optional<std::string> interval = IntervalOf(price)) {
      listed.keys += ", interval: " + *interval;
    } else {
      listed.comment +=
          (listed.comment.empty() ? "every " : "; every ") + price.recurring->count + " " + price.recurring->interval;
    }
    if (price.recurring->metered) listed.keys += ", arrears: true";
  }

  // The plan of the price's product.
  absl::StatusOr<std::string> PlanOfProduct(const StripePrice& price, const std::string& where) {
    const std::string& id = price.product;
    if (id.empty()) return InvalidArgument(where + ".product is neither the id of a product nor a product");
    const auto known = std::find_if(products_.begin(), products_.end(),
                                    [&](const ListedProduct& product) { return product.id == id; });
    if (known != products_.end()) return known->plan;
    const std::string name = PlanNameOf(price.product_title.empty() ? id : price.product_title);
    std::string plan = name + "@1";
    for (int i = 2; !plans_.insert(plan).second; ++i) plan = name + "_" + std::to_string(i) + "@1";
    products_.push_back({.id = id, .title = price.product_title, .plan = plan});
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
  std::set<std::string> plans_;
  bool has_more_ = false;
};

}  // namespace

absl::StatusOr<std::string> CatalogOfStripePrices(std::string_view json) {
  const absl::StatusOr<StripePriceList> list = ParseStripePrices(json);
  if (!list.ok()) return list.status();
  CatalogWriter writer;
  const absl::Status added = writer.Add(*list);
  if (!added.ok()) return added;
  return Validated(writer.Catalog());
}

}  // namespace usher
