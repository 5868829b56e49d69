#include "clients/cli/stripe_price_list.h"

#include <set>

#include "catalog/absl_bridge.h"
#include "catalog/parse/names.h"
#include "server/integrations/json.h"

namespace usher {
namespace {

const JsonValue* Member(const JsonValue& object, std::string_view name, JsonType type) {
  const JsonValue* member = object.type == JsonType::kObject ? object.Find(name) : nullptr;
  return member != nullptr && member->type == type ? member : nullptr;
}

std::string Text(const JsonValue& object, std::string_view name) {
  const JsonValue* member = Member(object, name, JsonType::kString);
  return member == nullptr ? "" : member->text;
}

bool Flag(const JsonValue& object, std::string_view name, bool otherwise) {
  const JsonValue* member = Member(object, name, JsonType::kBool);
  return member == nullptr ? otherwise : member->boolean;
}

std::optional<StripePrice::Recurring> RecurringOf(const JsonValue& price) {
  const JsonValue* recurring = Member(price, "recurring", JsonType::kObject);
  if (recurring == nullptr) return std::nullopt;
  const JsonValue* count = Member(*recurring, "interval_count", JsonType::kNumber);
  return StripePrice::Recurring{.interval = Text(*recurring, "interval"),
                                .count = count == nullptr ? "1" : count->text,
                                .metered = Text(*recurring, "usage_type") == "metered"};
}

absl::StatusOr<StripePrice> ReadPrice(const JsonValue& price, const std::string& where) {
  StripePrice read;
  read.id = Text(price, "id");
  if (!IsOpaque(read.id)) return InvalidArgument(where + ".id is not the id of a price");
  const JsonValue* livemode = Member(price, "livemode", JsonType::kBool);
  if (livemode == nullptr) return InvalidArgument(where + ".livemode is neither true nor false");
  read.livemode = livemode->boolean;
  read.active = Flag(price, "active", true);
  const JsonValue* product = Member(price, "product", JsonType::kObject);
  read.product = product == nullptr ? Text(price, "product") : Text(*product, "id");
  if (product != nullptr) read.product_title = Text(*product, "name");
  read.nickname = Text(price, "nickname");
  read.currency = Text(price, "currency");
  if (const JsonValue* options = Member(price, "currency_options", JsonType::kObject)) {
    for (const JsonMember& option : options->children) read.other_currencies.push_back(option.name);
  }
  read.recurring = RecurringOf(price);
  return read;
}

}  // namespace

absl::StatusOr<StripePriceList> ParseStripePrices(std::string_view json) {
  const absl::StatusOr<JsonDocument> document = ParseJson(json);
  if (!document.ok()) return document.status();
  const JsonValue* data = Member(document->root, "data", JsonType::kArray);
  if (data == nullptr) return InvalidArgument("it has no list \"data\": expected what `stripe prices list` prints");
  StripePriceList list;
  list.has_more = Flag(document->root, "has_more", false);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < data->children.size(); ++i) {
    const std::string where = "data[" + std::to_string(i) + "]";
    absl::StatusOr<StripePrice> price = ReadPrice(data->children[i].value, where);
    if (!price.ok()) return price.status();
    if (!ids.insert(price->id).second) {
      return InvalidArgument(where + ".id names " + price->id + ", which was listed before");
    }
    list.prices.push_back(*std::move(price));
  }
  return list;
}

std::optional<std::string> IntervalOf(const StripePrice& price) {
  if (!price.recurring) return "once";
  const auto& [interval, count, metered] = *price.recurring;
  const bool plain = interval == "day" || interval == "week" || interval == "month" || interval == "year";
  if (count == "1" && plain) return interval;
  if (interval == "month" && count == "3") return "quarter";
  if (interval == "month" && count == "12") return "year";
  return std::nullopt;
}

}  // namespace usher
