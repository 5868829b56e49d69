#include "clients/cli/table.h"

#include <algorithm>

namespace usher {
namespace {

constexpr std::size_t kGap = 2;

void Measure(const std::vector<Cell>& row, std::vector<std::size_t>& widths) {
  widths.resize(std::max(widths.size(), row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i].text));
}

void PrintRow(std::ostream& out, const std::vector<Cell>& row, const std::vector<std::size_t>& widths, bool colors,
              std::string_view indent) {
  std::string line(indent);
  std::size_t missing = 0;  // spaces owed before the next text
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!row[i].text.empty()) {
      line.append(missing, ' ');
      line += Paint(row[i].text, row[i].ink, colors);
      missing = 0;
    }
    missing += widths[i] - Columns(row[i].text) + kGap;
  }
  out << line << "\n";
}

}  // namespace

void Table::Print(std::ostream& out, bool colors, std::string_view indent) const {
  std::vector<Cell> head;
  for (const std::string& title : titles_) head.push_back({title, Ink::kDim});
  std::vector<std::size_t> widths;
  Measure(head, widths);
  for (const std::vector<Cell>& row : rows_) Measure(row, widths);
  if (!head.empty()) PrintRow(out, head, widths, colors, indent);
  for (const std::vector<Cell>& row : rows_) PrintRow(out, row, widths, colors, indent);
}

}  // namespace usher
