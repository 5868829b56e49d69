#include "server/core/invoice_lines.h"

#include <algorithm>

namespace usher {
namespace {

bool SameItem(const InvoiceLine& a, const InvoiceLine& b) {
  return !a.subscription_item.empty() && a.subscription_item == b.subscription_item && a.subscription == b.subscription;
}

// R2: what is billed and given back in one breath is neither.
bool CancelOut(const InvoiceLine& a, const InvoiceLine& b) {
  return a.amount != 0 && a.amount == -b.amount && SameItem(a, b) && a.price == b.price && a.start == b.start &&
         a.end == b.end;
}

void RemovePairs(std::vector<InvoiceLine>& lines) {
  for (std::size_t i = 0; i < lines.size();) {
    const auto other = std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(i) + 1, lines.end(),
                                    [&](const InvoiceLine& line) { return CancelOut(lines[i], line); });
    if (other == lines.end()) {
      ++i;
      continue;
    }
    lines.erase(other);
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

bool Backs(const InvoiceLine& debit, const InvoiceLine& credit) {
  return debit.amount >= 0 && SameItem(debit, credit) && debit.price == credit.price && debit.start <= credit.start &&
         credit.end <= debit.end;
}

bool IsUnbacked(const InvoiceLine& credit, const std::vector<const LedgerObject*>& invoices, Moment& moment) {
  bool asked_for = false;
  for (const LedgerObject* invoice : invoices) {
    const auto* state = StateOf<InvoiceFact>(invoice, moment);
    if (state == nullptr) continue;
    const std::vector<InvoiceLine> lines = LinesOf(*invoice, moment);
    if (std::none_of(lines.begin(), lines.end(), [&](const InvoiceLine& line) { return Backs(line, credit); })) {
      continue;
    }
    if (state->status == InvoiceStatus::kPaid) return false;
    asked_for = true;
  }
  return asked_for;
}

}  // namespace

std::vector<InvoiceLine> LinesOf(const LedgerObject& invoice, Moment& moment) {
  const Step<const Fact*>* step = StepAt(invoice.invoice_lines, moment);
  if (step == nullptr) return {};
  std::vector<InvoiceLine> lines = std::get<InvoiceFact>(step->state->content).lines;
  std::sort(lines.begin(), lines.end());
  RemovePairs(lines);
  return lines;
}

bool HasUnbackedCredit(const std::vector<InvoiceLine>& lines, const std::vector<const LedgerObject*>& invoices,
                       Moment& moment) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const InvoiceLine& line) { return line.amount < 0 && IsUnbacked(line, invoices, moment); });
}

}  // namespace usher
