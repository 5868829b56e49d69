#include <algorithm>
#include <array>
#include <utility>

#include "catalog/absl_bridge.h"
#include "catalog/parse/scalars.h"
#include "server/integrations/stripe/event.h"
#include "server/workbench/scenario/reading.h"
#include "server/workbench/scenario/scenario_words.h"

namespace usher {
namespace {

constexpr std::array<std::string_view, 12> kVerbs = {"pay",  "pend",   "fail",  "refund", "dispute",  "win",
                                                     "lose", "cancel", "trial", "change", "override", "event"};

class ActReader {
 public:
  ActReader(const Reading& reading, const Node& node, Instant at) : reading_(reading), node_(node), at_(at) {}

  std::optional<ScenarioAct> Read(std::string_view verb) {
    if (verb == "event") return Event();
    if (!node_.IsMap()) return std::nullopt;
    if (verb == "pay") return Bill(BillResult::kPaid);
    if (verb == "pend") return Bill(BillResult::kPending);
    if (verb == "fail") return Bill(BillResult::kFailed);
    if (verb == "refund") return RefundAct{.of = Purchase(), .amount = Number("amount")};
    if (verb == "dispute") return DisputeAct{.of = Purchase(), .inquiry = Flag("inquiry").value_or(false)};
    if (verb == "win" || verb == "lose") return CloseDisputeAct{.of = Purchase(), .won = verb == "win"};
    if (verb == "cancel")
      return CancelAct{.subscription = Word("subscription"), .at_period_end = Word("when") != "now"};
    if (verb == "trial") return Trial();
    if (verb == "change") return Change();
    return Override();
  }

 private:
  std::string Word(std::string_view key) const { return AsText(Find(node_, key)).value_or(""); }
  std::optional<std::int64_t> Number(std::string_view key) const { return AsWhole(Find(node_, key)); }
  std::optional<bool> Flag(std::string_view key) const { return AsBoolean(Find(node_, key)); }
  std::optional<CalendarDuration> Length(std::string_view key) const { return AsDuration(Find(node_, key)); }

  void Add(Code code, const Node& node, std::string message) {
    reading_.findings.Add(code, node.place, std::move(message));
  }

  void RefuseKey(std::string_view key, std::string_view why) {
    if (const Node* node = Find(node_, key)) {
      Add(Code::kKeyDoesNotApply, *node, "\"" + std::string(key) + "\" does not apply here: " + std::string(why) + ".");
    }
  }

  // How many of the keys are there. Reports another number than one.
  bool HasOneOf(const std::vector<std::string_view>& keys) {
    std::string listed;
    std::size_t present = 0;
    for (const std::string_view key : keys) {
      present += Find(node_, key) == nullptr ? 0 : 1;
      listed.append(listed.empty() ? "" : ", ").append(key);
    }
    if (present != 1) {
      Add(Code::kExactlyOne, node_,
          "Exactly one of the keys " + listed + " is needed, and here " + (present == 0 ? "is none" : "are several") +
              ".");
    }
    return present == 1;
  }

  PurchaseRef Purchase() {
    HasOneOf({"subscription", "payment"});
    return {.subscription = Word("subscription"), .payment = Word("payment")};
  }

  // The price under `key`; empty when it is absent or unknown.
  PriceId ReadPrice(std::string_view key) {
    const Node* node = Find(node_, key);
    std::optional<std::string> id = AsText(node);
    if (!id) return PriceId();
    if (*id == "$price") {
      if (reading_.price.empty()) {
        Add(Code::kUnknownPrice, *node, "$price stands for a price of for_each, and the scenario has none.");
      }
      return PriceId(reading_.price);
    }
    if (FindPrice(reading_.catalog, reading_.livemode, *id) != nullptr) return PriceId(*std::move(id));
    const std::string environment = reading_.livemode ? "live" : "test";
    if (FindPrice(reading_.catalog, !reading_.livemode, *id) != nullptr) {
      Add(Code::kUnknownPrice, *node,
          "The price \"" + *id + "\" is not of the environment " + environment +
              ", in which the scenario plays: use one that is, or set environment.");
      return PriceId();
    }
    std::vector<std::string> ids;
    const Catalog& catalog = reading_.catalog;
    for (const Price& price : reading_.livemode ? catalog.live_prices : catalog.test_prices) {
      ids.push_back(price.id.str());
    }
    Add(Code::kUnknownPrice, *node,
        "The catalog lists no price \"" + *id + "\" under " + environment +
            "; write unmapped_price for one that is meant to be unknown." + reading_.findings.DidYouMean(*id, ids));
    return PriceId();
  }

  PriceId ReadBillPrice() {
    const Node* unmapped = Find(node_, "unmapped_price");
    if (unmapped == nullptr) return ReadPrice("price");
    RefuseKey("price", "unmapped_price says which price it is");
    const std::string id = Word("unmapped_price");
    if (FindPrice(reading_.catalog, reading_.livemode, id) != nullptr) {
      Add(Code::kKeyDoesNotApply, *unmapped,
          "The catalog lists \"" + id + "\": write price instead of unmapped_price.");
    }
    return PriceId(id);
  }

  std::optional<ScenarioAct> Bill(BillResult result) {
    BillAct act;
    act.result = result;
    act.of = Purchase();
    act.item = Word("item");
    act.price = ReadBillPrice();
    act.quantity = Number("quantity");
    act.period = Length("period");
    Assign(act.amount, Number("amount"));
    act.kind = AsWord<BillKind>(Find(node_, "kind"));
    act.due = Length("due");
    if (act.due) act.waits_for = WaitsFor::kPayer;
    const std::optional<WaitsFor> waits_for = AsWord<WaitsFor>(Find(node_, "waits_for"));
    if (act.due && waits_for && *waits_for != WaitsFor::kPayer) {
      RefuseKey("waits_for", "an invoice that is sent, as due says, waits for its payer");
    }
    Assign(act.waits_for, waits_for);
    if (!act.of.payment.empty()) {
      for (const char* key : {"item", "period", "kind", "due"})
        RefuseKey(key, "a payment of its own has no subscription");
      if (act.waits_for == WaitsFor::kPayer) RefuseKey("waits_for", "a payment that nobody has tried yet is none");
    }
    return act;
  }

  std::optional<ScenarioAct> Trial() {
    return TrialAct{.subscription = Word("subscription"),
                    .item = Word("item"),
                    .price = ReadPrice("price"),
                    .quantity = Number("quantity"),
                    .length = Length("length"),
                    .payment_method = Flag("payment_method").value_or(true)};
  }

  std::optional<ScenarioAct> Change() {
    ChangeAct act{.subscription = Word("subscription"),
                  .item = Word("item"),
                  .price = ReadPrice("price"),
                  .quantity = Number("quantity"),
                  .collection_paused = std::nullopt};
    if (const Node* collection = Find(node_, "collection")) act.collection_paused = AsText(collection) == "paused";
    if (node_.entries.size() < 2) {
      Add(Code::kMissingKey, node_, "A change says what is changed: price, quantity or collection.");
    }
    return act;
  }

  std::optional<ScenarioAct> Override() {
    if (!HasOneOf({"set", "add", "deny", "remove"})) return std::nullopt;
    OverrideAct act;
    act.fact.removed = Find(node_, "remove") != nullptr;
    act.id = Word("id").empty() ? Word("feature") : Word("id");
    const Node* feature = Find(node_, "feature");
    if (feature == nullptr && (!act.fact.removed || act.id.empty())) {
      Add(Code::kMissingKey, node_, "An override needs the key \"feature\", or its id when it is removed.");
      return std::nullopt;
    }
    std::optional<std::size_t> index;
    if (feature != nullptr) {
      index = ReferFeature(reading_, Word("feature"), feature->place);
      if (!index) return std::nullopt;
      act.fact.feature = reading_.catalog.features[*index].id;
    }
    act.fact.mode = Find(node_, "deny") != nullptr  ? OverrideMode::kDeny
                    : Find(node_, "add") != nullptr ? OverrideMode::kAdd
                                                    : OverrideMode::kSet;
    const Node* value = Find(node_, act.fact.mode == OverrideMode::kAdd ? "add" : "set");
    if (value != nullptr) {
      const std::optional<Value> read = ReadValue(reading_, reading_.catalog.features[*index], *value);
      if (!read) return std::nullopt;
      act.fact.value = *read;
    }
    act.fact.starts_at = ReadTime(reading_, Find(node_, "from"));
    act.fact.expires_at = ReadTime(reading_, Find(node_, "until"));
    act.fact.subscription_id = Word("subscription");
    act.fact.reason = "a scenario";
    return act;
  }

  std::optional<ScenarioAct> Event() {
    const std::optional<std::string> path = AsText(&node_);
    if (!path) return std::nullopt;
    const absl::StatusOr<std::string> body = reading_.read_event(reading_.file, *path);
    if (!body.ok()) {
      Add(Code::kBadEvent, node_, "The event file cannot be read: " + StatusMessage(body.status()) + ".");
      return std::nullopt;
    }
    stripe::ParsedEvent event = stripe::Parse(*body, {.livemode = reading_.livemode, .account = ""});
    if (event.verdict != stripe::Verdict::kFacts) {
      Add(Code::kBadEvent, node_,
          "The server would not apply this event, " + std::string(stripe::ParseReasonName(event.reason)) + ": " +
              event.message + ".");
      return std::nullopt;
    }
    const auto later = std::ranges::find_if(event.facts, [&](const Fact& fact) { return fact.at > at_; });
    if (later != event.facts.end()) {
      Add(Code::kBadEvent, node_,
          "The event tells of " + FormatInstant(later->at) + ", which is after its step at " + FormatInstant(at_) +
              ".");
      return std::nullopt;
    }
    return EventAct{.facts = std::move(event.facts)};
  }

  const Reading& reading_;
  const Node& node_;
  const Instant at_;
};

}  // namespace

bool IsVerb(std::string_view key) { return std::ranges::find(kVerbs, key) != kVerbs.end(); }

std::optional<ScenarioAct> ReadAct(const Reading& reading, std::string_view name, const Node& node, Instant at) {
  if (node.refused) return std::nullopt;
  return ActReader(reading, node, at).Read(name);
}

}  // namespace usher
