// Rows of cells whose columns stand below each other.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "clients/cli/paint.h"

namespace usher {

struct Cell {
  std::string text;
  Ink ink = Ink::kPlain;
};

class Table {
 public:
  // Titles of the columns; none: no line of titles.
  explicit Table(std::vector<std::string> titles = {}) : titles_(std::move(titles)) {}

  void Add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  // Every line starts with `indent`; no line ends with a space.
  void Print(std::ostream& out, bool colors, std::string_view indent = "") const;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace usher
