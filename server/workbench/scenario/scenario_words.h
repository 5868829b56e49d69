// The words of a scenario's enums.
#pragma once

#include "catalog/words.h"
#include "server/workbench/scenario/scenario.h"

namespace usher {

template <>
struct WordTable<BillKind> {
  static constexpr Word<BillKind> kWords[] = {
      {BillKind::kFirst, "first"}, {BillKind::kRenewal, "renewal"}, {BillKind::kUpgrade, "upgrade"}};
};

template <>
struct WordTable<WaitsFor> {
  static constexpr Word<WaitsFor> kWords[] = {
      {WaitsFor::kAuthentication, "authentication"}, {WaitsFor::kBank, "bank"}, {WaitsFor::kPayer, "payer"}};
};

template <>
struct WordTable<Access> {
  static constexpr Word<Access> kWords[] = {{Access::kRead, "read"}, {Access::kUse, "use"}};
};

}  // namespace usher
