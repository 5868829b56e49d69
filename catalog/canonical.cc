#include "catalog/canonical.h"

#include <string_view>

#include "catalog/words.h"

namespace usher {
namespace {

// Writes lines of words. Text that people chose is in quotes and escaped, so that no text can look like another line.
class Lines {
 public:
  Lines& Begin(std::string_view word) {
    if (!text_.empty()) text_ += '\n';
    text_ += word;
    return *this;
  }
  Lines& Word(std::string_view word) {
    text_ += ' ';
    text_ += word;
    return *this;
  }
  Lines& Number(std::int64_t number) { return Word(std::to_string(number)); }
  Lines& Text(std::string_view text) {
    text_ += " \"";
    for (const char c : text) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
    return *this;
  }
  Lines& Duration(CalendarDuration duration) { return Number(duration.months).Number(duration.exact.count()); }
  Lines& Amount(const Limit& limit) { return limit.unlimited ? Word("unlimited") : Number(limit.amount); }
  std::string Take() {
    text_ += '\n';
    return std::move(text_);
  }

 private:
  std::string text_;
};

void WriteValue(Lines& lines, const Value& value) {
  struct Writer {
    Lines& lines;
    void operator()(bool on) const { lines.Word(on ? "true" : "false"); }
    void operator()(const Limit& limit) const { lines.Amount(limit); }
    void operator()(const Metered& metered) const { lines.Amount(metered.included).Amount(metered.cap); }
    void operator()(const Level& level) const { lines.Text(level.name); }
    void operator()(const ValueSet& set) const {
      for (const std::string& one : set.values) lines.Text(one);
    }
  };
  std::visit(Writer{lines}, value);
}

void WriteEntitlements(Lines& lines, const Catalog& catalog,
                       const std::vector<std::optional<Entitlement>>& entitlements) {
  for (std::size_t i = 0; i < entitlements.size(); ++i) {
    if (!entitlements[i]) continue;
    const Entitlement& grants = *entitlements[i];
    lines.Begin("  grants").Text(catalog.features[i].id.str());
    switch (grants.form) {
      case Entitlement::Form::kFixed: WriteValue(lines.Word("fixed"), grants.fixed); break;
      case Entitlement::Form::kPerQuantity:
        lines.Word("per_quantity").Amount(grants.amount).Number(grants.at_least);
        break;
      case Entitlement::Form::kAdd: lines.Word("add").Amount(grants.amount); break;
      case Entitlement::Form::kAddPerQuantity: lines.Word("add_per_quantity").Amount(grants.amount); break;
    }
  }
}

void WritePolicy(Lines& lines, const PaymentPolicy& policy) {
  lines.Begin("  renewal_leeway").Duration(policy.renewal_leeway);
  lines.Begin("  dunning_grace").Duration(policy.dunning_grace);
  lines.Begin("  pending_timeout").Duration(policy.pending_timeout);
  lines.Begin("  zero_total").Word(WordOf(policy.zero_total));
  lines.Begin("  refund").Word(WordOf(policy.refund_full)).Word(WordOf(policy.refund_partial));
  lines.Begin("  dispute")
      .Word(WordOf(policy.dispute_opened))
      .Word(WordOf(policy.dispute_inquiry))
      .Word(WordOf(policy.dispute_lost));
  lines.Begin("  immediate_cancel").Word(WordOf(policy.immediate_cancel));
  lines.Begin("  deferred_proration").Word(WordOf(policy.deferred_proration));
  lines.Begin("  net_terms").Word(WordOf(policy.net_terms));
  lines.Begin("  paused_collection").Word(WordOf(policy.paused_collection));
  lines.Begin("  lapsed").Word(WordOf(policy.lapsed));
  lines.Begin("  unmapped_price").Word(WordOf(policy.unmapped_price));
}

void WriteFeature(Lines& lines, const Feature& feature) {
  lines.Begin("feature").Text(feature.id.str()).Word(WordOf(feature.type)).Word(WordOf(feature.merge));
  lines.Begin("  shown").Text(feature.title).Text(feature.unit);
  lines.Begin("  over_limit").Word(WordOf(feature.over_limit.then)).Duration(feature.over_limit.after);
  lines.Begin("  count_pending").Word(feature.count_pending ? "true" : "false");
  lines.Begin("  reset").Word(WordOf(feature.reset)).Word(WordOf(feature.anchor)).Word(WordOf(feature.on_plan_change));
  lines.Begin("  warn_at");
  for (const std::int32_t percent : feature.warn_at) lines.Number(percent);
  lines.Begin("  levels");
  for (const std::string& level : feature.levels) lines.Text(level);
  lines.Begin("  values");
  for (const std::string& value : feature.set_values) lines.Text(value);
  lines.Begin("  on_suspended").Word(WordOf(feature.on_suspended));
  lines.Begin("  on_unavailable").Word(WordOf(feature.on_unavailable.mode)).Duration(feature.on_unavailable.last_known);
}

// What the plan gives, without what may change while it is live: words for people, how it is offered, policies.
void WritePlanGrants(Lines& lines, const Catalog& catalog, const Plan& plan) {
  WriteEntitlements(lines, catalog, plan.entitlements);
  for (std::size_t kind = 0; kind < plan.member_roles.size(); ++kind) {
    lines.Begin("  roles").Text(catalog.member_kinds[kind].name);
    for (const std::size_t role : plan.member_roles[kind]) lines.Text(catalog.roles[role].id.str());
  }
  if (plan.trial) {
    lines.Begin("  trial").Text(catalog.plans[plan.trial->grants].id.str()).Duration(plan.trial->length);
    lines.Word(WordOf(plan.trial->once_per)).Word(plan.trial->requires_payment_method ? "true" : "false");
  }
}

void WritePlan(Lines& lines, const Catalog& catalog, const Plan& plan) {
  lines.Begin("plan").Text(plan.id.str()).Text(catalog.groups[plan.group].name).Word(WordOf(plan.offered));
  lines.Begin("  shown").Text(plan.title);
  WritePlanGrants(lines, catalog, plan);
  WritePolicy(lines, plan.policy);
}

void WriteAddOnGrants(Lines& lines, const Catalog& catalog, const AddOn& add_on) {
  lines.Begin("  for");
  for (const std::string& plan : add_on.for_plans) lines.Text(plan);
  lines.Begin("  max_quantity");
  if (add_on.max_quantity) lines.Number(*add_on.max_quantity);
  WriteEntitlements(lines, catalog, add_on.entitlements);
}

void WriteAddOn(Lines& lines, const Catalog& catalog, const AddOn& add_on) {
  lines.Begin("add_on").Text(add_on.id.str());
  lines.Begin("  shown").Text(add_on.title);
  WriteAddOnGrants(lines, catalog, add_on);
}

void WritePrice(Lines& lines, const Catalog& catalog, std::string_view environment, const Price& price) {
  struct Writer {
    Lines& lines;
    const Catalog& catalog;
    void operator()(const Price::SellsPlan& sells) const {
      lines.Word("plan").Text(catalog.plans[sells.plan].id.str());
    }
    void operator()(const Price::SellsAddOn& sells) const {
      lines.Word("add_on").Text(catalog.add_ons[sells.add_on].id.str());
    }
    void operator()(const Price::Ignored& ignored) const { lines.Word("ignored").Text(ignored.why); }
  };
  lines.Begin("price").Word(environment).Text(price.id.str()).Word(WordOf(price.status));
  std::visit(Writer{lines, catalog}, price.sells);
  lines.Begin("  shown").Text(price.interval).Text(price.currency);
  if (price.once) {
    lines.Begin("  once").Word(price.once->forever ? "forever" : "for").Duration(price.once->length);
  }
  if (price.arrears) lines.Begin("  arrears");
}

void WriteMembers(Lines& lines, const Catalog& catalog) {
  for (const MemberKind& kind : catalog.member_kinds) {
    lines.Begin("member_kind").Text(kind.name);
    for (const std::string& role : kind.clerk) lines.Text(role);
  }
  for (const Role& role : catalog.roles) {
    lines.Begin("role").Text(role.id.str());
    for (const std::size_t permission : role.permissions) lines.Text(catalog.permissions[permission].id.str());
  }
  for (const Permission& permission : catalog.permissions) {
    lines.Begin("permission").Text(permission.id.str());
    if (permission.requires_feature) lines.Text(catalog.features[*permission.requires_feature].id.str());
  }
}

}  // namespace

std::string CanonicalForm(const Catalog& catalog) {
  Lines lines;
  lines.Begin("usher/v1").Text(catalog.name).Text(catalog.label);
  for (const Group& group : catalog.groups) {
    lines.Begin("group").Text(group.name);
    if (group.default_plan) lines.Text(catalog.plans[*group.default_plan].id.str());
  }
  for (const Feature& feature : catalog.features) WriteFeature(lines, feature);
  for (const Plan& plan : catalog.plans) WritePlan(lines, catalog, plan);
  for (const AddOn& add_on : catalog.add_ons) WriteAddOn(lines, catalog, add_on);
  for (const Price& price : catalog.live_prices) WritePrice(lines, catalog, "live", price);
  for (const Price& price : catalog.test_prices) WritePrice(lines, catalog, "test", price);
  WriteMembers(lines, catalog);
  lines.Begin("payment_policy");
  WritePolicy(lines, catalog.policy);
  return lines.Take();
}

std::string LiveContent(const Catalog& catalog, const Plan& plan) {
  Lines lines;
  lines.Begin("plan").Text(plan.id.str()).Text(catalog.groups[plan.group].name);
  WritePlanGrants(lines, catalog, plan);
  return lines.Take();
}

std::string LiveContent(const Catalog& catalog, const AddOn& add_on) {
  Lines lines;
  lines.Begin("add_on").Text(add_on.id.str());
  WriteAddOnGrants(lines, catalog, add_on);
  return lines.Take();
}

}  // namespace usher
