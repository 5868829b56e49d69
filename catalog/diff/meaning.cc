#include "catalog/diff/meaning.h"

namespace usher {
namespace {

std::string_view WhoHas(ChangeSubject subject) {
  switch (subject) {
    case ChangeSubject::kPlan: return "tenants on this plan";
    case ChangeSubject::kAddOn: return "tenants with this add-on";
    case ChangeSubject::kPrice: return "tenants who pay this price";
    case ChangeSubject::kGroup: return "tenants without a paid plan";
    case ChangeSubject::kFeature: return "tenants with this feature";
    case ChangeSubject::kMemberKind: return "members of this kind";
    case ChangeSubject::kRole: return "members with this role";
    case ChangeSubject::kPermission: return "members with this permission";
    case ChangeSubject::kPaymentPolicy: return "tenants whose payment is late, refunded or disputed";
    case ChangeSubject::kCatalog: return "tenants";
  }
  return "";
}

std::string Whose(const Change& change) { return std::string(WhoHas(change.subject)); }

std::string Effect(const Change& change) {
  switch (change.effect) {
    case ChangeEffect::kNone: return "Changes nothing that anybody may do.";
    case ChangeEffect::kWider: return "More for " + Whose(change) + ".";
    case ChangeEffect::kNarrower: return "Less for " + Whose(change) + ".";
    case ChangeEffect::kBoth: return "More of one thing and less of another for " + Whose(change) + ".";
  }
  return "";
}

// Of something that is new or gone as a whole.
std::string Presence(const Change& change, bool added) {
  const bool whole = change.feature.empty() && change.attribute.empty();
  if (!change.feature.empty() && change.effect == ChangeEffect::kNone) return "Granted nothing, and grants nothing.";
  if (!change.feature.empty()) {
    return added ? "New for " + Whose(change) + "." : "No longer for " + Whose(change) + ": they lose it.";
  }
  if (!whole) return Effect(change);
  if (change.subject == ChangeSubject::kPrice) {
    return added ? "A new price." : "Payments of it are not recognised any more.";
  }
  return added ? "New: nobody has it yet." : "Gone: whoever has it loses it.";
}

}  // namespace

std::string MeaningOf(const Change& change) {
  switch (change.kind) {
    case ChangeKind::kAdded: return Presence(change, true);
    case ChangeKind::kRemoved: return Presence(change, false);
    case ChangeKind::kWidened:
    case ChangeKind::kNarrowed:
    case ChangeKind::kChanged: return Effect(change);
    case ChangeKind::kRetyped: return "Takes values of another kind: applications that ask about it have to change.";
    case ChangeKind::kRepointed:
      return change.effect == ChangeEffect::kNone ? "The same for " + Whose(change) + "." : Effect(change);
    case ChangeKind::kRetired:
      return change.after == "legacy" ? "Not sold any more, still renewed." : "Kept because old payments name it.";
    case ChangeKind::kReinstated: return change.after == "current" ? "Sold again." : "Not sold, but renewed again.";
    case ChangeKind::kDeleted:
      return "A price that was once live stays for ever, or payments of it are not recognised any more: " +
             change.remedy + ".";
    case ChangeKind::kContent:
      return "This version is in use and grants something else now. What is sold keeps its meaning: " + change.remedy +
             ". Its title may change.";
  }
  return "";
}

}  // namespace usher
