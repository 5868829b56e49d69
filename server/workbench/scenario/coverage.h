// What of a catalog its scenarios ask about.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

// Counted are the cells of plans that somebody can have (by default, by a price, by a trial) and the prices. A cell is
// touched by an expectation about its feature while its plan gives value; a price by being paid, tried or wanted in a
// step that expects something, or before one.
struct Coverage {
  struct Cell {
    std::size_t plan = 0;
    std::size_t feature = 0;
    friend auto operator<=>(const Cell&, const Cell&) = default;
  };
  std::vector<Cell> missing_cells;          // sorted
  std::vector<std::string> missing_prices;  // `live price_1`, live before test, sorted
  std::size_t cells = 0;
  std::size_t prices = 0;

  std::size_t Total() const { return cells + prices; }
  std::size_t Touched() const { return Total() - missing_cells.size() - missing_prices.size(); }
  // In hundredths of a percent, rounded down: 10000 is all.
  std::size_t Hundredths() const { return Total() == 0 ? 10'000 : Touched() * 10'000 / Total(); }
};

// `exempt_legacy`: prices that are sold no more need not be touched.
Coverage CoverageOf(const Catalog& catalog, std::span<const Scenario> scenarios, bool exempt_legacy);

// Whether somebody can have the plan: it is a default, a price sells it, or a trial of such a plan grants it.
bool CanBeHad(const Catalog& catalog, std::size_t plan);
// Whether a price sells it.
bool IsSold(const Catalog& catalog, std::size_t plan);

}  // namespace usher
