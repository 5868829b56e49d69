// The table of every key of a catalog. The order here is the order in the reference.
#include <limits>

#include "catalog/parse/names.h"
#include "catalog/parse/shape.h"
#include "catalog/words.h"

namespace usher {
namespace {

constexpr std::int64_t kMostAmount = 9'007'199'254'740'991;  // 2^53 - 1: what every JSON reader holds exactly
constexpr std::int64_t kMostPercent = 1000;

ShapeRef Text() { return MakeShape(TextShape{}); }
ShapeRef Boolean() { return MakeShape(BooleanShape{}); }
ShapeRef Duration() { return MakeShape(DurationShape{}); }
ShapeRef PositiveDuration() { return MakeShape(DurationShape{.may_be_zero = false}); }
ShapeRef Whole(std::int64_t least, std::int64_t most = kMostAmount) {
  return MakeShape(WholeShape{.least = least, .most = most});
}
ShapeRef Words(std::vector<std::string> words) { return MakeShape(WordShape{.words = std::move(words)}); }
template <class E>
ShapeRef WordsOf() {
  return Words(AllWords<E>());
}
NameShape NameOf(std::string what) { return {.form = NameShape::Form::kName, .what = std::move(what)}; }
ShapeRef Name(std::string what) { return MakeShape(NameOf(std::move(what))); }
NameShape VersionedOf(std::string what) { return {.form = NameShape::Form::kVersioned, .what = std::move(what)}; }
ShapeRef Versioned(std::string what) { return MakeShape(VersionedOf(std::move(what))); }
NameShape ValueNameOf(std::string what) { return {.form = NameShape::Form::kValue, .what = std::move(what)}; }
ShapeRef ValueName(std::string what) { return MakeShape(ValueNameOf(std::move(what))); }
NameShape OpaqueOf(std::string what) { return {.form = NameShape::Form::kOpaque, .what = std::move(what)}; }

ShapeRef List(ShapeRef item, std::size_t least, std::size_t most) {
  return MakeShape(ListShape{.item = std::move(item), .least = least, .most = most});
}
ShapeRef Map(NameShape key, ShapeRef value, std::size_t most, Code duplicate = Code::kDuplicateKey) {
  return MakeShape(MapShape{.key = std::move(key), .value = std::move(value), .most = most, .duplicate = duplicate});
}
ShapeRef AnyOf(std::vector<ShapeRef> of, std::string expected, Code code = Code::kWrongKind) {
  return MakeShape(AnyOfShape{.of = std::move(of), .expected = std::move(expected), .code = code});
}

// ---- groups ---------------------------------------------------------------------------------------------------------

ShapeRef Groups() {
  ShapeRef group = MakeShape(ObjectShape{
      .name = "group",
      .about = "A line of plans of which a tenant normally has one. Tenants may have plans of several groups.",
      .keys = {Optional("default_plan", Versioned("a plan"), "no default plan",
                        "The plan of this group that answers for tenants with nothing better.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
  return Map(NameOf("a group"), std::move(group), 50);
}

// ---- features -------------------------------------------------------------------------------------------------------

const std::vector<std::string>& AllFeatureKeys() {
  static const std::vector<std::string> keys = {
      "type",   "title",   "unit",           "merge",  "over_limit", "count_pending", "reset",
      "anchor", "warn_at", "on_plan_change", "levels", "values",     "on_suspended",  "on_unavailable"};
  return keys;
}

ShapeRef OverLimitShape() {
  return MakeShape(ObjectShape{
      .name = "over_limit",
      .about = "What remains when use is above the limit, as after a downgrade.",
      .keys = {Required(
                   "then", WordsOf<OverLimitMode>(),
                   "block_new: what exists may be used and nothing added. read_only: what exists may be read. block: "
                   "nothing."),
               Optional("after", Duration(), "0m", "How long use goes on as block_new before `then` applies.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
}

ShapeRef OnUnavailableShape() {
  ShapeRef last_known = MakeShape(
      ObjectShape{.name = "last_known",
                  .about = "Answer as last known while that is young enough.",
                  .keys = {Required("last_known", PositiveDuration(), "How old the last known answer may be.")},
                  .not_yet = {},
                  .elsewhere = {},
                  .companion = {}});
  return AnyOf({Words({"deny", "allow"}), std::move(last_known)}, "deny, allow or { last_known: DURATION }");
}

// One object per type, so that each type has only the keys that mean something for it.
ShapeRef FeatureOf(FeatureType type, std::string about, std::vector<KeyShape> own) {
  const std::string word(WordOf(type));
  ObjectShape object{.name = word + "_feature",
                     .about = std::move(about),
                     .keys = {},
                     .not_yet = {"formerly"},
                     .elsewhere = {},
                     .companion = {}};
  object.keys.push_back(Required("type", Words({word}), "What kind of values the feature has."));
  object.keys.push_back(Optional("title", Text(), "none", "Words for people."));
  for (KeyShape& key : own) object.keys.push_back(std::move(key));
  object.keys.push_back(Optional("on_suspended", WordsOf<OnSuspended>(), "deny",
                                 "allow: the feature goes on while the tenant is suspended."));
  object.keys.push_back(Optional(
      "on_unavailable", OnUnavailableShape(), "deny",
      "What is answered where the server cannot be asked: no, yes, or the last answer while it is young enough."));
  for (const std::string& key : AllFeatureKeys()) {
    bool known = false;
    for (const KeyShape& mine : object.keys) known = known || mine.key == key;
    if (!known) object.elsewhere.push_back(key);
  }
  return MakeShape(std::move(object));
}

KeyShape UnitKey() { return Optional("unit", Text(), "none", "What one of it is called: project, user, call."); }
KeyShape NumberMergeKey() {
  return Required(
      "merge", Words({"max", "sum"}),
      "How values from several subscriptions and groups combine. Within one subscription the larger counts.");
}

ShapeRef Features() {
  std::vector<std::pair<std::string, ShapeRef>> types;
  types.emplace_back("boolean",
                     FeatureOf(FeatureType::kBoolean, "Had or not had.",
                               {Optional("merge", Words({"any"}), "any", "Any source that has it is enough.")}));
  types.emplace_back("limit",
                     FeatureOf(FeatureType::kLimit, "How many at the same time.",
                               {UnitKey(), NumberMergeKey(),
                                Optional("over_limit", OverLimitShape(), "{ then: block_new }",
                                         "What remains when use is above the limit."),
                                Optional("count_pending", Boolean(), "false", "Whether invited members count.")}));
  types.emplace_back(
      "metered",
      FeatureOf(
          FeatureType::kMetered, "How many in each period.",
          {UnitKey(), NumberMergeKey(),
           Optional("reset", WordsOf<ResetPeriod>(), "month", "How often the count starts again."),
           Optional("anchor", WordsOf<ResetAnchor>(), "calendar",
                    "Whether periods start with the calendar's or on the day of the first payment in the group, the "
                    "day clamped to the month; without a subscription, on the day the tenant was created."),
           Optional("warn_at", List(Whole(1, kMostPercent), 1, 20), "no warnings",
                    "Percentages of what is included at which to warn, ascending."),
           Optional("on_plan_change", WordsOf<OnPlanChange>(), "carry",
                    "Whether the count goes on or starts again when the plan changes.")}));
  types.emplace_back("level",
                     FeatureOf(FeatureType::kLevel, "One of several steps.",
                               {Required("levels", List(ValueName("a level"), 1, 50), "The steps, from least to most."),
                                Optional("merge", Words({"max"}), "max", "The highest of several sources counts.")}));
  types.emplace_back(
      "set", FeatureOf(FeatureType::kSet, "Some of several values.",
                       {Required("values", List(ValueName("a set value"), 1, 200), "Every value that may be granted."),
                        Optional("merge", Words({"union"}), "union", "The values of several sources are united.")}));
  ShapeRef feature = MakeShape(VariantShape{.name = "feature",
                                            .about = "A capability that applications ask about.",
                                            .key = "type",
                                            .objects = std::move(types)});
  return Map(NameOf("a feature"), std::move(feature), 500);
}

// ---- plans and add-ons ----------------------------------------------------------------------------------------------

ShapeRef LimitWord() { return Words({"unlimited"}); }

ShapeRef PlanEntitlement() {
  ShapeRef per_quantity = MakeShape(
      ObjectShape{.name = "per_quantity",
                  .about = "A limit that follows the paid quantity.",
                  .keys = {Required("per_quantity", Whole(1), "How many for each paid unit."),
                           Optional("at_least", Whole(0), "0", "What is granted however small the quantity.")},
                  .not_yet = {},
                  .elsewhere = {},
                  .companion = {}});
  ShapeRef included = MakeShape(ObjectShape{
      .name = "included",
      .about = "What a metered feature includes in each period, and where use stops.",
      .keys = {Required("included", AnyOf({Whole(0), LimitWord()}, "a whole number or unlimited"), "Units per period."),
               Required("cap", AnyOf({Whole(0), LimitWord()}, "a whole number or unlimited"),
                        "Where use stops; unlimited when use is never refused. Not below `included`.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
  ShapeRef forms =
      MakeShape(VariantShape{.name = "plan_amount",
                             .about = "An amount that is more than one number.",
                             .key = "",
                             .objects = {{"per_quantity", std::move(per_quantity)}, {"included", std::move(included)}},
                             .none_code = Code::kFormNotAllowed});
  return AnyOf({Boolean(), Whole(0), Words({"none", "unlimited"}), ValueName("a level"),
                List(ValueName("a set value"), 1, 200), std::move(forms)},
               "true, false, a whole number, unlimited, none, a level, a list of values, { per_quantity, at_least } or "
               "{ included, cap }");
}

ShapeRef AddOnEntitlement() {
  const auto amount = [](std::string key, std::string about, ShapeRef shape) {
    return MakeShape(ObjectShape{.name = key,
                                 .about = about,
                                 .keys = {Required(key, std::move(shape), about)},
                                 .not_yet = {},
                                 .elsewhere = {},
                                 .companion = {}});
  };
  ShapeRef forms = MakeShape(VariantShape{
      .name = "add_on_amount",
      .about = "What an add-on adds. Of a metered feature it counts for included and cap alike.",
      .key = "",
      .objects = {{"add", amount("add", "How many more, whatever the quantity.",
                                 AnyOf({Whole(1), LimitWord()}, "a whole number from 1 or unlimited"))},
                  {"add_per_quantity", amount("add_per_quantity", "How many more for each paid unit.", Whole(1))}},
      .none_code = Code::kFormNotAllowed});
  return AnyOf({MakeShape(BooleanShape{.only_true = true}), ValueName("a level"),
                List(ValueName("a set value"), 1, 200), std::move(forms)},
               "true, a level, a list of values, { add: NUMBER } or { add_per_quantity: NUMBER }",
               Code::kFormNotAllowed);
}

ShapeRef RoleOrRoles() {
  return AnyOf({Words({"none"}), Name("a role"), List(Name("a role"), 1, 50)}, "a role, a list of roles or none");
}

ShapeRef TrialShape() {
  return MakeShape(ObjectShape{
      .name = "trial",
      .about = "What a trial of the plan gives. Without it a trial gives nothing.",
      .keys =
          {Optional("grants", Versioned("a plan"), "the plan itself",
                    "The plan, of the same group, that the trial gives."),
           Required(
               "length", PositiveDuration(),
               "How long a trial that Usher starts lasts; one that the billing system started ends when that says."),
           Optional("once_per", WordsOf<TrialOncePer>(), "tenant", "Who may have it once."),
           Optional("requires_payment_method", Boolean(), "false",
                    "Whether a trial whose subscription shows no payment method gives nothing.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
}

ShapeRef PolicyShape() {
  const auto words_object = [](std::string name, std::string about, std::vector<KeyShape> keys) {
    return MakeShape(ObjectShape{.name = std::move(name),
                                 .about = std::move(about),
                                 .keys = std::move(keys),
                                 .not_yet = {},
                                 .elsewhere = {},
                                 .companion = {}});
  };
  ShapeRef refund = words_object(
      "refund", "What a refund does.",
      {Optional("full", WordsOf<RefundFull>(), "suspend", "A refund of all that was paid: suspend, or keep access."),
       Optional("partial", WordsOf<RefundPartial>(), "keep", "A refund of less: keep access, or suspend.")});
  ShapeRef dispute = words_object(
      "dispute", "What a dispute (chargeback) does.",
      {Optional("opened", WordsOf<DisputeOpened>(), "suspend", "While it is open: suspend, or keep access."),
       Optional("inquiry", WordsOf<DisputeInquiry>(), "keep", "A mere inquiry: keep access, or suspend."),
       Optional("lost", WordsOf<DisputeLost>(), "revoke", "Once lost: revoke what was paid with it, or keep access.")});
  return MakeShape(ObjectShape{
      .name = "payment_policy",
      .about = "What payments, and their absence, do. A plan may override single keys.",
      .keys =
          {Optional("renewal_leeway", Duration(), "72h",
                    "How long after its end a paid period is kept before a renewal was even attempted: billing systems "
                    "charge "
                    "some time after the period has rolled over."),
           Optional("dunning_grace", Duration(), "7d",
                    "How long access is kept after the first failed renewal attempt."),
           Optional(
               "pending_timeout", Duration(), "24h",
               "How long a purchase that awaits its buyer's authentication counts as held before payment is required."),
           Optional("zero_total", WordsOf<ZeroTotal>(), "paid",
                    "Whether an invoice that discounts reduce to nothing proves a payment: paid, or none."),
           Optional("refund", std::move(refund), "{ full: suspend, partial: keep }", "What a refund does."),
           Optional("dispute", std::move(dispute), "{ opened: suspend, inquiry: keep, lost: revoke }",
                    "What a dispute (chargeback) does."),
           Optional("immediate_cancel", WordsOf<ImmediateCancel>(), "run_out",
                    "When a subscription is canceled at once: the paid time runs out, or access is revoked."),
           Optional("deferred_proration", WordsOf<DeferredProration>(), "hold",
                    "A change that is billed later: hold its features until paid, or grant them."),
           Optional("net_terms", WordsOf<NetTerms>(), "until_due",
                    "An open renewal invoice that is sent to be paid: access until due and dunning_grace, or on "
                    "payment only."),
           Optional("paused_collection", WordsOf<PausedCollection>(), "no_grace",
                    "Whether a subscription whose collection is paused has grace."),
           Optional("lapsed", WordsOf<Lapsed>(), "default_plan",
                    "What answers for a tenant whose plan has ended: the group's default plan, or nothing (block)."),
           Optional("unmapped_price", WordsOf<UnmappedPrice>(), "keep_last",
                    "A paid price that the catalog does not list: keep the last plan that was paid, or nothing.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
}

ShapeRef Plans(const ShapeRef& policy) {
  ShapeRef plan = MakeShape(ObjectShape{
      .name = "plan",
      .about =
          "What tenants can have. `name@version` never changes its content once it is live: declare the next version.",
      .keys =
          {Optional("title", Text(), "none", "Words for people; may change at any time."),
           Optional("group", Name("a group"), "the only group",
                    "The group of the plan; required when there are several."),
           Optional("includes", Versioned("a plan"), "nothing",
                    "A plan whose entitlements and member roles are copied; own values replace them key by key."),
           Optional("entitlements", Map(NameOf("a feature"), PlanEntitlement(), 500), "those included",
                    "What the plan gives of each feature. Absent is not granted, 0 is zero, none removes what includes "
                    "brought."),
           Optional("member_roles", Map(NameOf("a member kind"), RoleOrRoles(), 20), "those included",
                    "The role or roles of each member kind. Required for every kind in groups with a default plan."),
           Optional("trial", TrialShape(), "no trial",
                    "What a trial of the plan gives. Not included from other plans."),
           Optional("payment_policy", policy, "the catalog's", "Keys that differ from the catalog's payment_policy."),
           Optional("offered", WordsOf<Offered>(), "public",
                    "public: remedies may propose it. private: sold, not proposed. no: not sold any more.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
  return Map(VersionedOf("a plan"), std::move(plan), 1000);
}

ShapeRef AddOns() {
  ShapeRef add_on = MakeShape(ObjectShape{
      .name = "add_on",
      .about = "What can be bought on top of a plan. Without a plan that it is for, it is withheld.",
      .keys = {Optional("title", Text(), "none", "Words for people; may change at any time."),
               Required("for", List(Name("a plan name"), 1, 1000),
                        "Names of plans, without version: any version of them."),
               Optional("max_quantity", Whole(1, 1'000'000'000), "no maximum",
                        "A paid quantity above it counts as this."),
               Required("entitlements", Map(NameOf("a feature"), AddOnEntitlement(), 500), "What the add-on adds.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
  return Map(VersionedOf("an add-on"), std::move(add_on), 500);
}

// ---- prices ---------------------------------------------------------------------------------------------------------

ShapeRef PriceShape() {
  const auto price = [](std::string name, std::string about, KeyShape sells) {
    ShapeRef grants_for = AnyOf({Words({"forever"}), PositiveDuration()}, "a duration or forever");
    return MakeShape(ObjectShape{
        .name = std::move(name),
        .about = std::move(about),
        .keys =
            {std::move(sells),
             Optional("status", WordsOf<PriceStatus>(), "current",
                      "current: sold. legacy: not sold, still renewed. retired: kept because old payments name it."),
             Optional("interval", Words({"day", "week", "month", "quarter", "year", "once"}), "none",
                      "A label, but for once: a one-off payment."),
             Optional("currency", Name("a currency"), "none", "A label."),
             Optional("grants_for", std::move(grants_for), "required with interval: once",
                      "How long a one-off payment grants: a duration from payment, or forever."),
             Optional(
                 "arrears", Boolean(), "false",
                 "Whether the price is billed after use: a payment then grants one more period of the same length, and "
                 "the quantity is usage.")},
        .not_yet = {"then"},
        .elsewhere = {},
        .companion = {.key = "interval", .word = "once", .companion = "grants_for"}});
  };
  ShapeRef plan = price("plan_price", "A price that sells a plan.",
                        Required("plan", Versioned("a plan"), "The plan, with the version that the price sells."));
  ShapeRef add_on =
      price("add_on_price", "A price that sells an add-on.",
            Required("add_on", Versioned("an add-on"), "The add-on, with the version that the price sells."));
  ShapeRef ignored = MakeShape(ObjectShape{.name = "ignored_price",
                                           .about = "A price that is known and grants nothing.",
                                           .keys = {Required("ignore", Text(), "Why it grants nothing.")},
                                           .not_yet = {"then"},
                                           .elsewhere = {"status", "interval", "currency", "grants_for", "arrears"},
                                           .companion = {}});
  return MakeShape(VariantShape{
      .name = "price",
      .about = "What a price of the billing system means. Amounts stay there.",
      .key = "",
      .objects = {{"plan", std::move(plan)}, {"add_on", std::move(add_on)}, {"ignore", std::move(ignored)}}});
}

ShapeRef Prices() {
  ShapeRef prices = Map(OpaqueOf("a price id"), PriceShape(), 20'000, Code::kDuplicatePrice);
  return MakeShape(
      ObjectShape{.name = "prices",
                  .about = "Every price id of the billing system, exactly once; retired ones stay for ever.",
                  .keys = {Optional("live", prices, "none", "The prices of the live mode, by id."),
                           Optional("test", prices, "none", "The prices of the test mode, by id.")},
                  .not_yet = {},
                  .elsewhere = {},
                  .companion = {}});
}

// ---- members --------------------------------------------------------------------------------------------------------

ShapeRef MemberKinds() {
  ShapeRef kind =
      MakeShape(ObjectShape{.name = "member_kind",
                            .about = "A kind of member of a tenant, such as owner.",
                            .keys = {Optional("clerk", List(MakeShape(OpaqueOf("a Clerk role")), 1, 50), "none",
                                              "The role names of the identity provider Clerk that mean this kind.")},
                            .not_yet = {},
                            .elsewhere = {},
                            .companion = {}});
  return Map(NameOf("a member kind"), std::move(kind), 20);
}

ShapeRef Roles() {
  ShapeRef role = MakeShape(ObjectShape{
      .name = "role",
      .about = "What a member may do.",
      .keys = {Required("permissions", List(Name("a permission"), 0, 1000), "The permissions; may be an empty list.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
  return Map(NameOf("a role"), std::move(role), 200);
}

ShapeRef Permissions() {
  ShapeRef permission = MakeShape(ObjectShape{
      .name = "permission",
      .about = "A single thing that a member may be allowed.",
      .keys = {Optional("requires", Name("a feature"), "no feature", "A feature that the tenant needs as well.")},
      .not_yet = {},
      .elsewhere = {},
      .companion = {}});
  return Map(NameOf("a permission"), std::move(permission), 1000);
}

ShapeRef BuildCatalogShape() {
  const ShapeRef policy = PolicyShape();
  return MakeShape(ObjectShape{
      .name = "catalog",
      .about = "A catalog of Usher: what every price of the billing system means.",
      .keys = {Required("apiVersion", MakeShape(WordShape{.words = {"usher/v1"}, .code = Code::kApiVersion}),
                        "The version of the file format; in every file."),
               Optional("catalog", Name("a catalog"), "required in exactly one file", "The name of the catalog."),
               Optional("label", Text(), "none",
                        "Words for people; a catalog is identified by the hash of its content."),
               Optional("groups", Groups(), "one group, main", "The lines of plans."),
               Optional("features", Features(), "none", "What applications ask about."),
               Optional("plans", Plans(policy), "none", "What tenants can have."),
               Optional("add_ons", AddOns(), "none", "What can be bought on top of a plan."),
               Optional("prices", Prices(), "none", "What each price id of the billing system means, by environment."),
               Optional("member_kinds", MemberKinds(), "none", "The kinds of members that a tenant has."),
               Optional("roles", Roles(), "none", "Named collections of permissions."),
               Optional("permissions", Permissions(), "none", "Every permission that a role may have."),
               Optional("payment_policy", policy, "the default of each key", "What payments, and their absence, do.")},
      .not_yet = {"promotions"},
      .elsewhere = {},
      .companion = {}});
}

}  // namespace

const Shape& CatalogShape() {
  static const ShapeRef shape = BuildCatalogShape();
  return *shape;
}

}  // namespace usher
