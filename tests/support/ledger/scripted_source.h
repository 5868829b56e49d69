// A billing system that says what a test told it to say.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/ports/billing_source.h"
#include "tests/support/ledger_facts.h"

namespace usher {

// Its webhooks are made by Say and carry a header `signature: good`. Any thread may call what BillingSource declares;
// scripts are written before.
class ScriptedSource : public BillingSource {
 public:
  // The bytes that will be read as `event`.
  std::string Say(ParsedEvent event) {
    std::string raw = "event " + std::to_string(script_.size());
    Reinterpret(raw, std::move(event));
    return raw;
  }

  // From now on the same bytes are read otherwise, as after a repair of the parser.
  void Reinterpret(const std::string& raw, ParsedEvent event) { script_[raw] = std::move(event); }

  std::string_view Provider() const override { return "stripe"; }

  SignatureCheck Verify(std::string_view, std::span<const WebhookHeader> headers, Instant) const override {
    for (const WebhookHeader& header : headers) {
      if (header.value == "good") return {SignatureVerdict::kGenuine, ""};
      if (header.value == "stale") return {SignatureVerdict::kStale, "too old"};
      if (header.value == "no secret") return {SignatureVerdict::kNoSecret, "no secret"};
    }
    return {SignatureVerdict::kForged, "forged"};
  }

  ParsedEvent Parse(std::string_view raw) const override {
    const auto found = script_.find(raw);
    if (found != script_.end()) return found->second;
    ParsedEvent unreadable;
    unreadable.scope = kTestScope;
    unreadable.reason = "no event";
    return unreadable;
  }

  ScopeCheck CheckScope(const BillingScope& scope) const override {
    if (scope.livemode != kTestScope.livemode) return {ScopeVerdict::kForeignLivemode, "another livemode"};
    if (scope.account != kTestScope.account) return {ScopeVerdict::kForeignAccount, "account " + scope.account};
    return {};
  }

  absl::StatusOr<ObjectRef> LinkableObject(std::string_view external_id) const override {
    if (external_id.starts_with("cus_")) return CustomerObject(std::string(external_id));
    return InvalidArgument("only customers can be linked");
  }

 private:
  std::map<std::string, ParsedEvent, std::less<>> script_;
};

inline ParsedEvent EventThatSays(std::string id, std::vector<Fact> facts) {
  ParsedEvent event;
  event.scope = kTestScope;
  event.id = std::move(id);
  event.type = "test";
  event.created = kJanuary;
  event.verdict = EventVerdict::kApply;
  event.facts = std::move(facts);
  return event;
}

inline ParsedEvent UnusableEvent(std::string id) {
  ParsedEvent event = EventThatSays(std::move(id), {});
  event.verdict = EventVerdict::kPark;
  event.reason = "expected a list";
  event.path = "data.object.lines";
  return event;
}

inline ParsedEvent IgnoredEvent(std::string id, const BillingScope& scope = kTestScope) {
  ParsedEvent event = EventThatSays(std::move(id), {});
  event.scope = scope;
  event.verdict = EventVerdict::kIgnore;
  event.reason = "decides nothing here";
  return event;
}

}  // namespace usher
