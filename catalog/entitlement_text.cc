#include "catalog/entitlement_text.h"

namespace usher {
namespace {

std::string LimitText(const Limit& limit) { return limit.unlimited ? "unlimited" : std::to_string(limit.amount); }

std::string ValueText(const Value& value) {
  struct Text {
    std::string operator()(bool on) const { return on ? "yes" : "no"; }
    std::string operator()(const Limit& limit) const { return LimitText(limit); }
    std::string operator()(const Metered& metered) const {
      if (metered.included == metered.cap) return LimitText(metered.included);
      return LimitText(metered.included) + ", up to " + LimitText(metered.cap);
    }
    std::string operator()(const Level& level) const { return level.name; }
    std::string operator()(const ValueSet& set) const {
      std::string text;
      for (const std::string& value : set.values) text += (text.empty() ? "" : ", ") + value;
      return text;
    }
  };
  return std::visit(Text{}, value);
}

}  // namespace

std::string EntitlementText(const Entitlement& entitlement) {
  switch (entitlement.form) {
    case Entitlement::Form::kFixed: return ValueText(entitlement.fixed);
    case Entitlement::Form::kPerQuantity:
      return LimitText(entitlement.amount) + " per unit" +
             (entitlement.at_least > 0 ? ", at least " + std::to_string(entitlement.at_least) : "");
    case Entitlement::Form::kAdd: return "+" + LimitText(entitlement.amount);
    case Entitlement::Form::kAddPerQuantity: return "+" + LimitText(entitlement.amount) + " per unit";
  }
  return "";
}

}  // namespace usher
