// The resolved catalog: what every price means, with `includes` copied, policies filled in, every reference an index.
//
// A Catalog is immutable once built by catalog/parse and shared as shared_ptr<const Catalog>. Vectors are sorted by id,
// so equal content has equal layout whatever the order in the file. All lookups are by exact key.
// The source of every meaning here is docs/catalog-reference.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/digest.h"
#include "catalog/ids.h"
#include "catalog/time.h"
#include "catalog/value.h"

namespace usher {

enum class FeatureType { kBoolean, kLimit, kMetered, kLevel, kSet };

// How values from several subscriptions and groups combine. Boolean is kAny, level is kMax, set is kUnion; a limit or
// metered feature declares kMax or kSum.
enum class Merge { kAny, kMax, kSum, kUnion };

// What remains when use is above the limit, as after a downgrade.
//   kBlockNew   what exists may be used, nothing may be added (the default)
//   kReadOnly   what exists may be read
//   kBlock      nothing
enum class OverLimitMode { kBlockNew, kReadOnly, kBlock };

struct OverLimit {
  OverLimitMode then = OverLimitMode::kBlockNew;
  CalendarDuration after;  // how long use goes on as kBlockNew before `then` applies
};

enum class OnSuspended { kDeny, kAllow };

// What a server that cannot know answers: deny, allow, or the last answer while it is younger than `last_known`.
enum class OnUnavailableMode { kDeny, kAllow, kLastKnown };
struct OnUnavailable {
  OnUnavailableMode mode = OnUnavailableMode::kDeny;
  CalendarDuration last_known;
};

enum class ResetPeriod { kDay, kWeek, kMonth, kYear, kNever };
enum class ResetAnchor { kCalendar, kSubscription };
enum class OnPlanChange { kCarry, kReset };

struct Feature {
  FeatureId id;
  FeatureType type = FeatureType::kBoolean;
  std::string title;
  std::string unit;  // what one of it is called; empty for boolean, level, set
  Merge merge = Merge::kAny;
  OverLimit over_limit;                     // limit
  bool count_pending = false;               // limit: invited members count
  ResetPeriod reset = ResetPeriod::kMonth;  // metered
  ResetAnchor anchor = ResetAnchor::kCalendar;
  OnPlanChange on_plan_change = OnPlanChange::kCarry;
  std::vector<std::int32_t> warn_at;    // metered: percentages of `included`, ascending
  std::vector<std::string> levels;      // level: from least to most
  std::vector<std::string> set_values;  // set: every value that may be granted, sorted
  OnSuspended on_suspended = OnSuspended::kDeny;
  OnUnavailable on_unavailable;
};

// What a plan or add-on gives of one feature.
//   kFixed            `fixed`, whatever the quantity
//   kPerQuantity      max(at_least, amount x paid quantity); limits only
//   kAdd              adds `amount` to what the plans give; add-ons only
//   kAddPerQuantity   adds amount x paid quantity; add-ons only
struct Entitlement {
  enum class Form { kFixed, kPerQuantity, kAdd, kAddPerQuantity };
  Form form = Form::kFixed;
  Value fixed = false;        // kFixed
  Limit amount = {};          // the other forms
  std::int64_t at_least = 0;  // kPerQuantity
};

enum class ZeroTotal { kPaid, kNone };
enum class RefundFull { kSuspend, kKeep };
enum class RefundPartial { kKeep, kSuspend };
enum class DisputeOpened { kSuspend, kKeep };
enum class DisputeInquiry { kKeep, kSuspend };
enum class DisputeLost { kRevoke, kKeep };
enum class ImmediateCancel { kRunOut, kRevoke };
enum class DeferredProration { kHold, kGrant };
enum class NetTerms { kUntilDue, kOnPayment };
enum class Lapsed { kDefaultPlan, kBlock };
enum class UnmappedPrice { kKeepLast, kNone };
enum class PausedCollection { kNoGrace, kGrace };

// The rules of server/core that a catalog may set, each with its default. A plan's own keys are already laid over the
// catalog's.
struct PaymentPolicy {
  CalendarDuration renewal_leeway{.exact = std::chrono::hours(72)};
  CalendarDuration dunning_grace{.exact = std::chrono::hours(7 * 24)};
  CalendarDuration pending_timeout{.exact = std::chrono::hours(24)};
  ZeroTotal zero_total = ZeroTotal::kPaid;
  RefundFull refund_full = RefundFull::kSuspend;
  RefundPartial refund_partial = RefundPartial::kKeep;
  DisputeOpened dispute_opened = DisputeOpened::kSuspend;
  DisputeInquiry dispute_inquiry = DisputeInquiry::kKeep;
  DisputeLost dispute_lost = DisputeLost::kRevoke;
  ImmediateCancel immediate_cancel = ImmediateCancel::kRunOut;
  DeferredProration deferred_proration = DeferredProration::kHold;
  NetTerms net_terms = NetTerms::kUntilDue;
  Lapsed lapsed = Lapsed::kDefaultPlan;
  UnmappedPrice unmapped_price = UnmappedPrice::kKeepLast;
  PausedCollection paused_collection = PausedCollection::kNoGrace;
  friend bool operator==(const PaymentPolicy&, const PaymentPolicy&) = default;
};

enum class TrialOncePer { kTenant, kSubscription };

struct TrialPolicy {
  std::size_t grants = 0;   // index into Catalog::plans: what the trial gives
  CalendarDuration length;  // for trials that Usher starts; a billing system's trial_end is what it says
  TrialOncePer once_per = TrialOncePer::kTenant;
  bool requires_payment_method = false;  // true: a trial whose subscription shows no payment method grants nothing
};

enum class Offered { kPublic, kPrivate, kNo };

struct Plan {
  PlanId id;  // name@version
  std::string name;
  std::int32_t version = 0;
  std::string title;
  std::size_t group = 0;  // index into Catalog::groups
  Offered offered = Offered::kPublic;
  // By feature index, one per Catalog::features; nullopt is "not granted".
  std::vector<std::optional<Entitlement>> entitlements;
  // By member kind index: the roles, sorted; one per Catalog::member_kinds.
  std::vector<std::vector<std::size_t>> member_roles;
  std::optional<TrialPolicy> trial;  // nullopt: a trial of this plan grants nothing
  PaymentPolicy policy;
};

struct AddOn {
  AddOnId id;
  std::string name;
  std::int32_t version = 0;
  std::string title;
  std::vector<std::string> for_plans;                    // plan names without version, sorted: any version of them
  std::optional<std::int64_t> max_quantity;              // a paid quantity above it counts as this
  std::vector<std::optional<Entitlement>> entitlements;  // by feature index
};

enum class PriceStatus { kCurrent, kLegacy, kRetired };

// How long a one-off price grants: a term from payment, or for ever.
struct OnceTerm {
  bool forever = false;
  CalendarDuration length;
};

// What a price sells. Known at namespace scope so that a variant of them can be made without a value.
struct PriceSellsPlan {
  std::size_t plan = 0;
};
struct PriceSellsAddOn {
  std::size_t add_on = 0;
};
// Known and deliberately without effect.
struct PriceIgnored {
  std::string why;
};

struct Price {
  using SellsPlan = PriceSellsPlan;
  using SellsAddOn = PriceSellsAddOn;
  using Ignored = PriceIgnored;
  PriceId id;
  PriceStatus status = PriceStatus::kCurrent;
  std::variant<SellsPlan, SellsAddOn, Ignored> sells;
  std::string interval;          // a label; `once` has the term below
  std::string currency;          // a label
  std::optional<OnceTerm> once;  // R15: set exactly for `interval: once`
  bool arrears = false;          // R16
};

struct Group {
  std::string name;
  std::optional<std::size_t> default_plan;  // index into Catalog::plans
};

struct Role {
  RoleId id;
  std::vector<std::size_t> permissions;  // indexes, sorted
};

struct Permission {
  PermissionId id;
  std::optional<std::size_t> requires_feature;  // index
};

struct MemberKind {
  std::string name;
  std::vector<std::string> clerk;  // the identity provider's role names that mean this kind
};

struct Catalog {
  std::string name;
  std::string label;
  std::vector<Group> groups;  // all vectors below: sorted by id
  std::vector<Feature> features;
  std::vector<Plan> plans;
  std::vector<AddOn> add_ons;
  std::vector<Price> live_prices;
  std::vector<Price> test_prices;
  std::vector<MemberKind> member_kinds;
  std::vector<Role> roles;
  std::vector<Permission> permissions;
  PaymentPolicy policy;
  Digest hash;  // SHA-256 of the canonical resolved form: catalog/canonical.h
};

using CatalogPtr = std::shared_ptr<const Catalog>;

// Exact lookups by binary search; null or nullopt when the key is not there. O(log n), no allocation.
std::optional<std::size_t> FindFeature(const Catalog& catalog, std::string_view id);
std::optional<std::size_t> FindPlan(const Catalog& catalog, std::string_view id);
std::optional<std::size_t> FindAddOn(const Catalog& catalog, std::string_view id);
const Price* FindPrice(const Catalog& catalog, bool livemode, std::string_view id);
std::optional<std::size_t> FindMemberKind(const Catalog& catalog, std::string_view name);
std::optional<std::size_t> FindPermission(const Catalog& catalog, std::string_view id);

// What `entitlement` amounts to at a paid quantity. The forms kAdd and kAddPerQuantity give the amount to add.
// Quantity is in thousandths, because billing systems sell fractions: 2500 is 2.5. Products round down, saturate.
Value ValueAt(const Entitlement& entitlement, std::int64_t quantity_milli);

// The larger of two values of one feature, for overlapping proofs within one subscription (R12). Sets: the union.
Value Larger(const Feature& feature, const Value& a, const Value& b);

// Two values of one feature from different subscriptions or groups, by the feature's `merge`.
Value MergeValues(const Feature& feature, const Value& a, const Value& b);

// `base` with an add-on's value laid on: numbers add (metered: to included and cap), other types merge.
Value AddOnTop(const Feature& feature, const Value& base, const Value& add);

// False for `false`, 0, an included and cap of 0 and the empty set. A level always permits: its name says what.
bool PermitsAnything(const Value& value);

}  // namespace usher
