// What `stripe prices list` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace usher {

struct StripePrice {
  // How often it renews.
  struct Recurring {
    std::string interval;     // day, week, month, year
    std::string count = "1";  // of intervals, as written
    bool metered = false;     // billed by usage
  };

  std::string id;
  bool livemode = false;
  bool active = true;         // false: archived, not sold any more
  std::string product;        // its id; empty when the list does not say it
  std::string product_title;  // only where the list was made with the product expanded
  std::string nickname;
  std::string currency;
  std::vector<std::string> other_currencies;  // only where they were expanded
  std::optional<Recurring> recurring;         // nullopt: paid once
};

struct StripePriceList {
  std::vector<StripePrice> prices;  // in the order of the list; no id twice
  bool has_more = false;            // there is another page
};

// INVALID_ARGUMENT names the element and the field that is not as Stripe prints it.
absl::StatusOr<StripePriceList> ParseStripePrices(std::string_view json);

// The word of a catalog's `interval` for it; nullopt when there is none, as for every two months.
std::optional<std::string> IntervalOf(const StripePrice& price);

}  // namespace usher
