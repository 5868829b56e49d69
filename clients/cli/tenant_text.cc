#include "clients/cli/tenant_text.h"

#include <sstream>

#include "clients/cli/table.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

std::string ModeText(const v1::Override& given) {
  switch (given.mode()) {
    case v1::OVERRIDE_MODE_SET: return "set " + ValueText(given.value());
    case v1::OVERRIDE_MODE_ADD: return "add " + ValueText(given.value());
    case v1::OVERRIDE_MODE_DENY: return "deny";
    default: return "";
  }
}

std::string PeriodText(const v1::Override& given) {
  std::string text;
  if (given.has_starts_at()) text += "from " + TimeText(given.starts_at()) + " ";
  return text + "until " + (given.has_expires_at() ? TimeText(given.expires_at()) : "removed");
}

std::vector<Cell> OverrideRow(const v1::Override& given) {
  const std::string& subscription = given.subscription_id();
  return {{given.override_id()},
          {given.feature()},
          {ModeText(given), given.mode() == v1::OVERRIDE_MODE_DENY ? Ink::kRed : Ink::kGreen},
          {PeriodText(given)},
          {subscription.empty() ? "" : "with " + subscription},
          {given.reason()}};
}

}  // namespace

std::string TenantText(const v1::Tenant& tenant, bool colors) {
  std::ostringstream out;
  out << Paint(tenant.tenant_id(), Ink::kBold, colors)
      << (tenant.display_name().empty() ? "" : "  " + tenant.display_name()) << "\n\n";
  Table table;
  table.Add({{"ledger version", Ink::kDim}, {std::to_string(tenant.version())}});
  if (tenant.has_created_at()) table.Add({{"known since", Ink::kDim}, {TimeText(tenant.created_at())}});
  for (const v1::TenantLink& link : tenant.links()) {
    table.Add({{"account", Ink::kDim}, {link.provider() + " " + link.external_id()}});
  }
  if (tenant.suspended()) {
    table.Add({{"suspended", Ink::kDim}, {tenant.suspension_reason(), Ink::kRed}});
  }
  table.Print(out, colors, "  ");
  if (!tenant.overrides().empty()) {
    out << "\n";
    Table overrides({"override", "feature", "does", "in force", "", "because"});
    for (const v1::Override& given : tenant.overrides()) overrides.Add(OverrideRow(given));
    overrides.Print(out, colors, "  ");
  }
  return out.str();
}

std::string OverrideText(const v1::Override& given, bool colors) {
  std::ostringstream out;
  Table table({"override", "feature", "does", "in force", "", "because"});
  table.Add(OverrideRow(given));
  table.Print(out, colors);
  return out.str();
}

}  // namespace usher
