// The table of every key of a scenario file. The order here is the order in docs/catalog-testing.md.
#include "server/workbench/scenario/scenario_shape.h"

#include <utility>

#include "catalog/parse/names.h"
#include "server/workbench/scenario/scenario_words.h"

namespace usher {
namespace {

constexpr std::int64_t kMostAmount = 9'007'199'254'740'991;  // 2^53 - 1: what every JSON reader holds exactly
constexpr std::int64_t kMostQuantity = 1'000'000'000;

ShapeRef Text() { return MakeShape(TextShape{}); }
ShapeRef Boolean() { return MakeShape(BooleanShape{}); }
ShapeRef True() { return MakeShape(BooleanShape{.only_true = true}); }
ShapeRef Duration() { return MakeShape(DurationShape{.may_be_zero = false}); }
ShapeRef Whole(std::int64_t most) { return MakeShape(WholeShape{.least = 0, .most = most}); }
ShapeRef Words(std::vector<std::string> words) { return MakeShape(WordShape{.words = std::move(words)}); }
NameShape NameOf(std::string what) { return {.form = NameShape::Form::kName, .what = std::move(what)}; }
ShapeRef Name(std::string what) { return MakeShape(NameOf(std::move(what))); }
ShapeRef Versioned(std::string what) {
  return MakeShape(NameShape{.form = NameShape::Form::kVersioned, .what = std::move(what)});
}
ShapeRef Opaque(std::string what) {
  return MakeShape(NameShape{.form = NameShape::Form::kOpaque, .what = std::move(what)});
}
ShapeRef List(ShapeRef item, std::size_t least, std::size_t most) {
  return MakeShape(ListShape{.item = std::move(item), .least = least, .most = most});
}
ShapeRef AnyOf(std::vector<ShapeRef> of, std::string expected) {
  return MakeShape(AnyOfShape{.of = std::move(of), .expected = std::move(expected)});
}
ShapeRef Map(NameShape key, ShapeRef value) {
  return MakeShape(MapShape{.key = std::move(key), .value = std::move(value), .most = 500});
}
ShapeRef Object(std::string name, std::string about, std::vector<KeyShape> keys) {
  return MakeShape(ObjectShape{.name = std::move(name),
                               .about = std::move(about),
                               .keys = std::move(keys),
                               .not_yet = {},
                               .elsewhere = {},
                               .companion = {}});
}

// ---- values ---------------------------------------------------------------------------------------------------------

ShapeRef LimitForm() { return AnyOf({Whole(kMostAmount), Words({"unlimited"})}, "a whole number or unlimited"); }
ShapeRef SetForm() {
  return List(MakeShape(NameShape{.form = NameShape::Form::kValue, .what = "a set value"}), 1, 200);
}

// The forms of a value; `object` is that of a map, null when there is none.
ShapeRef ValueForm(bool may_be_none, ShapeRef object) {
  std::vector<std::string> words = {"unlimited"};
  if (may_be_none) words.emplace_back("none");
  return AnyOf({Boolean(), Whole(kMostAmount), Words(std::move(words)),
                MakeShape(NameShape{.form = NameShape::Form::kValue, .what = "a level"}), SetForm(), std::move(object)},
               "true, false, a whole number, unlimited, " + std::string(may_be_none ? "none, " : "") +
                   "a level, a list of values or a map");
}

ShapeRef MeteredForm() {
  return Object(
      "metered_value", "The value of a metered feature.",
      {Required("included", LimitForm(), "Units per period."), Required("cap", LimitForm(), "Where use stops.")});
}

// `state` and `reason` are judged with the meaning, where their words are known.
ShapeRef Expectation() {
  return Object(
      "expectation", "What must be answered about a feature. What is absent is not compared.",
      {Optional("value", ValueForm(true, MeteredForm()), "not compared",
                "The value that may be used; none: there is no value."),
       Optional("state", Text(), "not compared", "The state of the access, as in docs/rules.md."),
       Optional("reason", Text(), "not compared", "Why it is in its state."),
       Optional("valid_until", Text(), "not compared",
                "When state or value change next, as far as is known at the step; forever: never."),
       Optional("allowed", Boolean(), "not compared", "Whether a check allows what is asked for."),
       Optional("used", Whole(kMostAmount), "not said", "How much is used, as the caller of the check counts."),
       Optional("quantity", Whole(kMostAmount), "1", "How much is about to be added; 0 keeps what is there."),
       Optional("access", Words(AllWords<Access>()), "use", "What is asked for."),
       Optional("included", LimitForm(), "not compared", "With cap: the value of a metered feature."),
       Optional("cap", LimitForm(), "not compared", "With included: the value of a metered feature.")});
}

// ---- verbs ----------------------------------------------------------------------------------------------------------

KeyShape SubscriptionKey() {
  return Optional("subscription", Name("a subscription"), "-", "The subscription that it is about; any name.");
}
KeyShape PaymentKey() {
  return Optional("payment", Name("a payment"), "-", "A one-off purchase instead of a subscription; any name.");
}
KeyShape ItemKey() {
  return Optional("item", Name("an item"), "the add-on's name, else plan",
                  "The item of the subscription. What is paid later for an item replaces what was paid before.");
}

ShapeRef Bill(std::string name, std::string about, std::vector<KeyShape> own) {
  std::vector<KeyShape> keys = {
      SubscriptionKey(),
      PaymentKey(),
      Optional("price", Opaque("a price id"), "what is open or subscribed to",
               "The price; $price is that of for_each."),
      Optional("unmapped_price", Opaque("a price id"), "-", "Instead of price: one that the catalog does not list."),
      Optional("quantity", Whole(kMostQuantity), "as it was, else 1", "How many."),
      ItemKey(),
      Optional("period", Duration(), "the interval of the price", "How long the paid period is."),
      Optional("amount", Whole(kMostAmount), std::to_string(kUsualAmount),
               "The total in the smallest unit of the currency; 0 for what costs nothing."),
      Optional("kind", Words(AllWords<BillKind>()), "by the state of the subscription",
               "first: a first period, or an addition to the running one. renewal: the next period. upgrade: something "
               "else instead, for the rest of the running period.")};
  for (KeyShape& key : own) keys.push_back(std::move(key));
  return Object(std::move(name), std::move(about), std::move(keys));
}

ShapeRef Pend() {
  return Bill("pend", "A payment is asked for and on its way.",
              {Optional("waits_for", Words(AllWords<WaitsFor>()), "authentication, with due payer",
                        "authentication: the payer's bank asks for 3-D Secure. bank: a bank debit is under way. payer: "
                        "nothing has been tried."),
               Optional("due", Duration(), "collected at once", "The invoice is sent, to be paid within this.")});
}

ShapeRef Override() {
  return Object("override", "An operator's grant or denial for this tenant.",
                {Optional("feature", Name("a feature"), "-", "The feature; needed unless removed."),
                 Optional("id", Name("an override"), "the feature", "Its name, to tell several of one feature apart."),
                 Optional("set", ValueForm(false, MeteredForm()), "-", "The value instead of what is paid for."),
                 Optional("add", ValueForm(false, MeteredForm()), "-", "What is laid on top of what is paid for."),
                 Optional("deny", True(), "-", "Not to be had."), Optional("remove", True(), "-", "It ends."),
                 Optional("from", Text(), "the time of the step", "When it begins."),
                 Optional("until", Text(), "no end", "When it ends by itself."),
                 Optional("subscription", Name("a subscription"), "always",
                          "Counts only while this subscription grants something.")});
}

std::vector<KeyShape> Verbs() {
  return {Optional("pay", Bill("pay", "Money arrives.", {}), "-", "Money arrives."),
          Optional("pend", Pend(), "-", "A payment is asked for and on its way."),
          Optional("fail", Bill("fail", "A payment is tried and fails.", {}), "-", "A payment is tried and fails."),
          Optional("refund",
                   Object("refund", "Money goes back.",
                          {SubscriptionKey(), PaymentKey(),
                           Optional("amount", MakeShape(WholeShape{.least = 1, .most = kMostAmount}),
                                    "all that is left", "How much.")}),
                   "-", "Money of the last payment goes back."),
          Optional("dispute",
                   Object("dispute", "The payer's bank disputes.",
                          {SubscriptionKey(), PaymentKey(),
                           Optional("inquiry", Boolean(), "false", "Whether the bank only asks.")}),
                   "-", "The payer's bank disputes the last payment."),
          Optional("win", Object("win", "A dispute ends well.", {SubscriptionKey(), PaymentKey()}), "-",
                   "The open dispute is won, or the inquiry closed."),
          Optional("lose", Object("lose", "A dispute ends badly.", {SubscriptionKey(), PaymentKey()}), "-",
                   "The open dispute is lost."),
          Optional("cancel",
                   Object("cancel", "A subscription is canceled.",
                          {Required("subscription", Name("a subscription"), "The subscription."),
                           Required("when", Words({"now", "period_end"}), "At once, or when the paid period ends.")}),
                   "-", "The subscription is canceled."),
          Optional("trial",
                   Object("trial", "A subscription begins with a trial.",
                          {Required("subscription", Name("a subscription"), "A new subscription."),
                           Required("price", Opaque("a price id"), "The price that is paid after the trial."),
                           ItemKey(), Optional("quantity", Whole(kMostQuantity), "1", "How many."),
                           Optional("length", Duration(), "that of the plan's trial", "How long it lasts."),
                           Optional("payment_method", Boolean(), "true", "Whether a payment method is known.")}),
                   "-", "A subscription begins with a trial."),
          Optional("change",
                   Object("change", "A subscription is changed, and nothing is billed.",
                          {Required("subscription", Name("a subscription"), "The subscription."),
                           Optional("price", Opaque("a price id"), "as it is", "What it has from now on."),
                           Optional("quantity", Whole(kMostQuantity), "as it is", "How many."), ItemKey(),
                           Optional("collection", Words({"paused", "resumed"}), "as it is",
                                    "Whether its invoices are collected.")}),
                   "-", "The subscription is changed, quantity or price, and the change is not billed."),
          Optional("override", Override(), "-", "An operator grants or denies."),
          Optional("event", Text(), "-", "A file with a raw Stripe event, beside the scenario file.")};
}

// ---- scenarios ------------------------------------------------------------------------------------------------------

ShapeRef Step() {
  std::vector<KeyShape> keys = {
      Required("at", Text(), "An instant, or an offset from the start: +0s, +10d, +1mo, +1mo+72h, +1mo-1h.")};
  for (KeyShape& verb : Verbs()) keys.push_back(std::move(verb));
  keys.push_back(Optional("expect", Map(NameOf("a feature"), ValueForm(true, Expectation())), "-",
                          "What must be answered, by feature: a value, or more in a map."));
  keys.push_back(Optional(
      "expect_roles",
      Map(NameOf("a member kind"),
          AnyOf({Words({"none"}), Name("a role"), List(Name("a role"), 1, 50)}, "a role, a list of roles or none")),
      "-", "Exactly the roles that members have, by their kind."));
  keys.push_back(Optional("expect_permissions", Map(NameOf("a member kind"), Map(NameOf("a permission"), Boolean())),
                          "-", "What members may do, by their kind and by permission."));
  return Object("step", "Something happens, or is asked, or both.", std::move(keys));
}

ShapeRef ForEach() {
  return Object("for_each", "Runs the scenario once for each price that matches; $price stands for it.",
                {Required("price",
                          Object("price_filter", "Which prices; all of the environment when nothing is said.",
                                 {Optional("plan", Versioned("a plan"), "any", "Those that sell this plan."),
                                  Optional("add_on", Versioned("an add-on"), "any", "Those that sell this add-on."),
                                  Optional("status", Words(AllWords<PriceStatus>()), "any", "Those of this status."),
                                  Optional("interval", Words({"day", "week", "month", "quarter", "year", "once"}),
                                           "any", "Those of this interval.")}),
                          "Which prices.")});
}

}  // namespace

const Shape& ScenarioFileShape() {
  static const ShapeRef kShape = [] {
    ShapeRef scenario = Object("scenario", "What happens to one tenant, and what it must be answered.",
                               {Required("name", Text(), "What it shows; distinct."),
                                Optional("for_each", ForEach(), "runs once", "Runs it for each of several prices."),
                                Optional("environment", Words({"live", "test", "both"}), "live",
                                         "Whose prices are meant; both: with for_each, those of either."),
                                Optional("tenant", Opaque("a tenant"), "tenant", "The tenant, as raw events name it."),
                                Required("start", Text(), "The instant from which offsets count."),
                                Required("steps", List(Step(), 1, 1000), "What happens, in order.")});
    return Object("scenario_file", "Scenarios of a catalog.",
                  {Required("scenarios", List(std::move(scenario), 1, 2000), "The scenarios.")});
  }();
  return *kShape;
}

}  // namespace usher
