#include "clients/cli/price_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "catalog/parse/price_places.h"

namespace usher {
namespace {

std::string ModeOf(bool livemode) { return livemode ? "live" : "test"; }

std::string Lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Where `id` stands in the text of a list; its beginning when it is written in another way.
Place PlaceIn(std::uint32_t file, const std::string& text, const std::string& id) {
  Place place{.file = file, .line = 1, .column = 1};
  const std::size_t at = text.find("\"" + id + "\"");
  if (at == std::string::npos) return place;
  place.line +=
      static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  const std::size_t line = text.rfind('\n', at);
  place.column = static_cast<std::uint32_t>(line == std::string::npos ? at + 1 : at - line);
  return place;
}

std::string Every(const StripePrice& price) {
  const std::optional<std::string> word = IntervalOf(price);
  return word ? "interval: " + *word : "every " + price.recurring->count + " " + price.recurring->interval + "s";
}

class Checker {
 public:
  Checker(const Catalog& catalog, const std::vector<SourceFile>& sources, const std::vector<PriceListFile>& lists)
      : catalog_(catalog),
        lists_(lists),
        sources_(sources.size()),
        findings_(NamesOf(sources, lists)),
        places_(PricePlaces(sources)) {}

  PriceCheck Run() {
    PriceCheck check;
    for (std::uint32_t i = 0; i < lists_.size(); ++i) {
      for (const StripePrice& price : lists_[i].list.prices) {
        listed_.insert(price.id);
        ++(price.livemode ? check.live : check.test);
      }
    }
    for (std::uint32_t i = 0; i < lists_.size(); ++i) {
      for (const StripePrice& price : lists_[i].list.prices) CheckListed(i, price);
    }
    CheckMissing(true);
    CheckMissing(false);
    check.findings = findings_.Take();
    return check;
  }

 private:
  static std::vector<std::string> NamesOf(const std::vector<SourceFile>& sources,
                                          const std::vector<PriceListFile>& lists) {
    std::vector<std::string> names;
    for (const SourceFile& source : sources) names.push_back(source.name);
    for (const PriceListFile& list : lists) names.push_back(list.file.name);
    return names;
  }

  Place PlaceOf(const std::string& id) const {
    const auto found = places_.find(id);
    return found == places_.end() ? Place{} : found->second;
  }

  void CheckListed(std::uint32_t list, const StripePrice& listed) {
    const Price* price = FindPrice(catalog_, listed.livemode, listed.id);
    if (price != nullptr) {
      CheckSame(*price, listed);
    } else if (FindPrice(catalog_, !listed.livemode, listed.id) != nullptr) {
      findings_.Add(Code::kPriceOfOtherMode, PlaceOf(listed.id),
                    "The price \"" + listed.id + "\" stands under " + ModeOf(!listed.livemode) + " and is one of the " +
                        ModeOf(listed.livemode) + " mode: move it to " + ModeOf(listed.livemode) + ".");
    } else {
      const auto place = PlaceIn(static_cast<std::uint32_t>(sources_ + list), lists_[list].file.text, listed.id);
      findings_.Add(listed.active ? Code::kPriceNotInCatalog : Code::kArchivedPriceNotInCatalog, place,
                    "The price \"" + listed.id + "\" of the " + ModeOf(listed.livemode) +
                        " mode is not in the catalog: a payment of it is unmapped. List it under " +
                        ModeOf(listed.livemode) + "." + findings_.DidYouMean(listed.id, Unlisted(listed.livemode)));
    }
  }

  // Retired prices are kept for old payments, whatever the billing system still lists.
  bool IsMissing(const Price& price) const {
    return price.status != PriceStatus::kRetired && !listed_.contains(price.id.str());
  }

  // The ids of the catalog that are missing: what an id with a typing error was meant to be.
  std::vector<std::string> Unlisted(bool livemode) const {
    std::vector<std::string> ids;
    for (const Price& price : livemode ? catalog_.live_prices : catalog_.test_prices) {
      if (IsMissing(price)) ids.push_back(price.id.str());
    }
    return ids;
  }

  void CheckSame(const Price& price, const StripePrice& listed) {
    const std::string& id = listed.id;
    if (!std::holds_alternative<Price::Ignored>(price.sells)) CheckInterval(price, listed);
    const std::string currency = Lowered(price.currency);
    const bool other = std::find(listed.other_currencies.begin(), listed.other_currencies.end(), currency) !=
                       listed.other_currencies.end();
    if (!currency.empty() && !listed.currency.empty() && currency != Lowered(listed.currency) && !other) {
      findings_.Add(
          Code::kCurrencyDiffers, PlaceOf(id),
          "The price \"" + id + "\" says currency: " + price.currency + ", and Stripe says " + listed.currency + ".");
    }
    const bool sold = price.status == PriceStatus::kCurrent && !std::holds_alternative<Price::Ignored>(price.sells);
    if (sold && !listed.active) {
      findings_.Add(Code::kArchivedPriceSold, PlaceOf(id),
                    "The price \"" + id + "\" is current here and archived at Stripe: say status: legacy.");
    }
  }

  void CheckInterval(const Price& price, const StripePrice& listed) {
    const std::string& id = listed.id;
    if (!listed.recurring && !price.once) {
      findings_.Add(Code::kIntervalDiffers, PlaceOf(id),
                    "The price \"" + id +
                        "\" is paid once at Stripe: say interval: once, and with grants_for how long that grants.");
    } else if (listed.recurring && !price.interval.empty() && price.interval != IntervalOf(listed)) {
      findings_.Add(
          Code::kIntervalDiffers, PlaceOf(id),
          "The price \"" + id + "\" says interval: " + price.interval + ", and Stripe says " + Every(listed) + ".");
    }
  }

  void CheckMissing(bool livemode) {
    bool ends = false;
    std::optional<std::size_t> goes_on;
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      const StripePriceList& list = lists_[i].list;
      if (std::none_of(list.prices.begin(), list.prices.end(),
                       [&](const StripePrice& price) { return price.livemode == livemode; })) {
        continue;
      }
      ends = ends || !list.has_more;
      if (list.has_more) goes_on = i;
    }
    if (!ends && goes_on) {
      findings_.Add(Code::kPriceListGoesOn,
                    {.file = static_cast<std::uint32_t>(sources_ + *goes_on), .line = 1, .column = 1},
                    "The list of the " + ModeOf(livemode) +
                        " mode goes on (has_more), so prices that are not on it were not looked for: give all pages.");
    }
    if (!ends) return;
    for (const Price& price : livemode ? catalog_.live_prices : catalog_.test_prices) {
      if (!IsMissing(price)) continue;
      findings_.Add(Code::kPriceNotAtBilling, PlaceOf(price.id.str()),
                    "Stripe does not list the price \"" + price.id.str() + "\" in the " + ModeOf(livemode) +
                        " mode: correct the id, or say status: retired.");
    }
  }

  const Catalog& catalog_;
  const std::vector<PriceListFile>& lists_;
  const std::size_t sources_;  // how many files come before the lists in findings
  Findings findings_;
  const std::map<std::string, Place, std::less<>> places_;
  std::set<std::string> listed_;  // every id on a list
};

}  // namespace

PriceCheck CheckPrices(const Catalog& catalog, const std::vector<SourceFile>& sources,
                       const std::vector<PriceListFile>& lists) {
  return Checker(catalog, sources, lists).Run();
}

}  // namespace usher
