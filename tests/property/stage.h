// Where drawn histories are written: dice, the facts so far, and the times at which things are likely to meet.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "server/core/fact.h"
#include "tests/property/facts.h"

namespace usher::property {

// Every draw comes from here, so a seed is a history.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::mt19937_64& random() { return random_; }
  int Below(int most) { return static_cast<int>(random_() % static_cast<std::uint64_t>(most)); }
  // True in `percent` of a hundred cases.
  bool Chance(int percent) { return Below(100) < percent; }

  template <class T>
  T Pick(std::initializer_list<T> choices) {
    return choices.begin()[Below(static_cast<int>(choices.size()))];
  }
  template <class T>
  const T& Pick(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(Below(static_cast<int>(choices.size())))];
  }

  // Often `at` itself, else just beside it.
  Instant Near(Instant at) {
    return at + Pick<Millis>({Millis(0), Millis(0), Millis(0), Millis(0), Millis(1), Millis(-1), kHour, -kHour, kDay});
  }

 private:
  std::mt19937_64 random_;
};

struct Stage {
  explicit Stage(std::uint64_t seed) : dice(seed) {}

  Dice dice;
  BillingScope scope = kLive;
  std::string test_clock;  // of the customers and subscriptions of the scope, empty: none
  std::vector<Fact> facts;
  int drawn = 0;  // numbers the ids

  std::string NewId(const std::string& kind) { return kind + "_" + std::to_string(++drawn); }
  std::string AnyCustomer() { return dice.Pick<const char*>({"cus_a", "cus_a", "cus_b"}); }
  PriceId PriceOf(const std::string& name) const { return PriceNamed(scope.livemode, name); }

  void Write(ObjectKind kind, const std::string& id, Instant at, FactContent content) {
    facts.push_back({{scope, kind, id}, at, std::move(content)});
  }
  void Link(ObjectKind kind, const std::string& id, const std::string& tenant, Instant at,
            LinkTrust trust = LinkTrust::kMetadata) {
    Write(kind, id, at, LinkFact{.tenant = TenantId(tenant), .trust = trust});
  }
};

// ---- The lives, each written as it might really go

// A subscription from its first sight to its end, with its bills, changes, failures and reversals.
void LiveSubscription(Stage& stage);
// A one-off session, or an invoice of one-off lines.
void BuyOnce(Stage& stage);
// A payment intent without session and invoice.
void StartBareIntent(Stage& stage);
// Orders that somebody vouches for, one after the other.
void RecordOutcomes(Stage& stage);
void PutOverrides(Stage& stage);
void SuspendAndRestore(Stage& stage);
// Links, customers, test clocks, warnings.
void WriteSurroundings(Stage& stage);

// What makes an invoice of a subscription or a one-off purchase paid, failed or pending, and what comes after. Returns
// whether it was paid.
struct Bill {
  std::string customer;
  std::string subscription;
  std::vector<InvoiceLine> lines;
  Instant at{};  // when it was finalised
  bool send_invoice = false;
  int paid_percent = 72;
};
bool IssueBill(Stage& stage, const Bill& bill);

// Refunds, disputes, credit notes and bounced debits of what was paid at `paid_at`.
void TakeBack(Stage& stage, const std::string& invoice, const std::string& charge, const std::string& intent,
              std::int64_t amount, Instant paid_at);

// ---- And how it may not go

// Loses facts, repeats them at other times and in other conditions, ties and contradicts them.
void Spoil(Stage& stage);

}  // namespace usher::property
