// A catalog held against the prices of the billing system.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "catalog/parse/finding.h"
#include "catalog/source_file.h"
#include "clients/cli/stripe_price_list.h"

namespace usher {

// One page, or all, of the prices that `stripe prices list` printed.
struct PriceListFile {
  SourceFile file;
  StripePriceList list;
};

struct PriceCheck {
  std::vector<Finding> findings;  // by place, those about the catalog first
  std::size_t live = 0;           // prices of the mode on the lists; none: the catalog's were not looked for
  std::size_t test = 0;
};

// Of a mode, live or test, that is on no list nothing is said: each call of the Stripe program prints one mode. A price
// that is missing from lists which go on is not missing. `sources` are the files that `catalog` was made of.
PriceCheck CheckPrices(const Catalog& catalog, const std::vector<SourceFile>& sources,
                       const std::vector<PriceListFile>& lists);

}  // namespace usher
