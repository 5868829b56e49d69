// Section 2 of docs/rules.md: sources, their lines, and what each line proves at t.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "server/core/timeline.h"
#include "tests/oracle/known.h"

namespace usher::oracle {

// What every question is about: a tenant, an instant (within Known), a catalog.
struct Question {
  const Known& known;
  const Catalog& catalog;
  const TenantId& tenant;

  Instant t() const { return known.t(); }
};

// What a price of this scope means; null for a price that the catalog does not know, or none.
const Price* PriceOf(const Question& q, const BillingScope& scope, const PriceId& price);
std::optional<std::size_t> PlanOf(const Price* price);
std::optional<std::size_t> AddOnOf(const Price* price);

// "Policies": of the plan that the price sells, else the catalog's own.
const PaymentPolicy& PolicyOf(const Question& q, const Price* price);

// "Item key". Lines without one are one-off or stand alone.
struct ItemKey {
  BillingScope scope;
  std::string subscription;
  std::string item;
  friend auto operator<=>(const ItemKey&, const ItemKey&) = default;
};

// One line of a source, and everything that section 2 says about it at t.
struct Line {
  ObjectRef source;
  Instant paid_at{};
  std::string subscription;    // the line's own word, empty when it names none
  std::optional<ItemKey> key;  // nullopt: replaces nothing and is replaced by nothing
  bool one_off = false;        // lasts for the price's declared term
  PriceId price_id;
  std::int64_t quantity_milli = 0;
  std::int64_t amount = 0;
  Instant start{};
  Instant end{};

  const Price* price = nullptr;
  const PaymentPolicy* policy = nullptr;
  std::optional<Instant> trial_end;  // set: a trial line
  bool trial_allowed = false;
  bool zero_total = false;         // proved although nothing was due
  std::optional<Reason> no_proof;  // UNBACKED_CREDIT or ZERO_TOTAL_NO_PROOF
  bool reversed = false;
  bool disputed = false;
  Instant from{};  // "the period of a line" (section 3); from == until: none
  Instant until{};

  bool debit() const { return amount >= 0; }
  // "Quantity 0 buys nothing ... (arrears: the quantity is 1 as soon as there is a debit)."
  // "A line that names no price sells nothing."
  bool BuysSomething() const {
    return debit() && !price_id.empty() && (quantity_milli != 0 || (price != nullptr && price->arrears));
  }
  // "A debit of an unmapped price without a period, whose term nobody can know yet."
  bool OfUnknownTerm() const {
    return one_off && !trial() && debit() && price == nullptr && !price_id.empty() && end <= start;
  }
  bool trial() const { return trial_end.has_value(); }
  bool PeriodHolds(Instant t) const { return from <= t && t < until; }
  // "It is proved (not unbacked, not zero without proof, not reversed) and its period holds t. A trial line, allowed or
  // not, is in force for its trial."
  bool InForce(Instant t) const { return !no_proof && !reversed && PeriodHolds(t); }
  bool Proved() const { return !no_proof && !reversed && (!trial() || trial_allowed); }
};

// Every line of every source at t that is this tenant's.
std::vector<Line> LinesOfTenant(const Question& q);

// "A trial line is a line whose amount is 0, ...": the end of the trial, nullopt for any other line.
std::optional<Instant> TrialEndOf(const Known& known, const BillingScope& scope, const InvoiceLine& line);

// The key of a line of an invoice of `scope`; nullopt for a one-off line.
std::optional<ItemKey> KeyOf(const BillingScope& scope, const InvoiceLine& line);

}  // namespace usher::oracle
