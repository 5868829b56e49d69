// A scenario: what happens to one tenant, step by step, and what it must be answered. What each verb means is in
// docs/catalog-testing.md.
//
// Plain values, bound to the layout of the catalog with which they were loaded: features, roles and the rest are
// indexes into it. A catalog that differs in values alone has the same layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "catalog/ids.h"
#include "catalog/parse/finding.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/check.h"
#include "server/core/fact.h"
#include "server/core/timeline.h"

namespace usher {

// ---- what happens ----

// What is paid for: a subscription, or something that is bought once. One of the two is empty.
struct PurchaseRef {
  std::string subscription;
  std::string payment;
};

// What an invoice of a subscription is for.
//   kFirst    a first period, or something that is added to the running one
//   kRenewal  the next period
//   kUpgrade  something else instead, for the rest of the running period: a downgrade and another quantity as well
enum class BillKind { kFirst, kRenewal, kUpgrade };
enum class BillResult { kPaid, kPending, kFailed };
enum class WaitsFor { kAuthentication, kBank, kPayer };

inline constexpr std::int64_t kUsualAmount = 1000;

// pay, pend, fail.
struct BillAct {
  BillResult result = BillResult::kPaid;
  PurchaseRef of;
  std::string item;  // empty: the add-on's name for its price, else `plan`
  PriceId price;     // empty: what is open, or what the subscription has
  std::optional<std::int64_t> quantity;
  std::optional<CalendarDuration> period;  // without it the interval of the price
  std::int64_t amount = kUsualAmount;
  std::optional<BillKind> kind;  // without it what the state of the subscription says
  WaitsFor waits_for = WaitsFor::kAuthentication;
  std::optional<CalendarDuration> due;  // the invoice was sent, to be paid within this
};

struct RefundAct {
  PurchaseRef of;
  std::optional<std::int64_t> amount;  // without it all that is left
};

struct DisputeAct {
  PurchaseRef of;
  bool inquiry = false;
};

// win, lose.
struct CloseDisputeAct {
  PurchaseRef of;
  bool won = false;
};

struct CancelAct {
  std::string subscription;
  bool at_period_end = false;
};

struct TrialAct {
  std::string subscription;
  std::string item;
  PriceId price;
  std::optional<std::int64_t> quantity;
  std::optional<CalendarDuration> length;  // without it that of the plan's trial
  bool payment_method = true;
};

// What the subscription wants from now on, before anything is billed.
struct ChangeAct {
  std::string subscription;
  std::string item;
  PriceId price;  // empty: as it is
  std::optional<std::int64_t> quantity;
  std::optional<bool> collection_paused;
};

struct OverrideAct {
  std::string id;
  OverrideFact fact;  // without tenant
};

struct EventAct {
  std::vector<Fact> facts;
};

using ScenarioAct = std::variant<BillAct, RefundAct, DisputeAct, CloseDisputeAct, CancelAct, TrialAct, ChangeAct,
                                 OverrideAct, EventAct>;

// ---- what must be answered ----

// A value that must be there, or that none must be.
struct ExpectedValue {
  std::optional<Value> value;  // `false` of a boolean feature is met by no value as well
};

// Of a feature. What is not set is not compared.
struct FeatureExpectation {
  Place place;
  CheckRequest request;  // the feature, and the use that is asked about
  std::optional<ExpectedValue> value;
  std::optional<AccessState> state;
  std::optional<Reason> reason;
  std::optional<Instant> valid_until;
  std::optional<bool> allowed;
};

// Exactly the roles of the members of a kind.
struct RoleExpectation {
  Place place;
  std::size_t member_kind = 0;
  std::vector<std::size_t> roles;  // sorted
};

struct PermissionExpectation {
  Place place;
  std::size_t member_kind = 0;
  std::size_t permission = 0;
  bool allowed = false;
};

struct ScenarioStep {
  Instant at{};
  Place place;       // of the step
  Place verb_place;  // of the verb
  std::optional<ScenarioAct> act;
  std::vector<FeatureExpectation> features;
  std::vector<RoleExpectation> roles;
  std::vector<PermissionExpectation> permissions;

  bool Expects() const { return !features.empty() || !roles.empty() || !permissions.empty(); }
};

struct Scenario {
  std::string name;
  std::string price;  // the one of `for_each` that this run is for; empty without
  std::string file;   // as reports show it
  Place place;
  TenantId tenant;
  bool livemode = true;
  std::vector<ScenarioStep> steps;  // by time
};

}  // namespace usher
