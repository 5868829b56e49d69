#include "catalog/diff/change.h"

namespace usher {
namespace {

// Names have no `/`, so nothing that somebody names can look like another subject.
std::string_view SectionOf(ChangeSubject subject) {
  switch (subject) {
    case ChangeSubject::kPlan: return "";
    case ChangeSubject::kAddOn: return "add_ons/";
    case ChangeSubject::kPrice: return "prices/";
    case ChangeSubject::kGroup: return "groups/";
    case ChangeSubject::kFeature: return "features/";
    case ChangeSubject::kMemberKind: return "member_kinds/";
    case ChangeSubject::kRole: return "roles/";
    case ChangeSubject::kPermission: return "permissions/";
    case ChangeSubject::kPaymentPolicy: return "payment_policy/";
    case ChangeSubject::kCatalog: return "catalog";
  }
  return "";
}

}  // namespace

std::string KeyOf(const Change& change) {
  std::string key(WordOf(change.kind));
  key += ':';
  key += SectionOf(change.subject);
  key += change.id;
  if (!change.feature.empty()) key += "." + change.feature;
  if (!change.attribute.empty()) key += "/" + change.attribute;
  return key;
}

ChangeSeverity SeverityOf(const Change& change) {
  if (change.kind == ChangeKind::kDeleted || change.kind == ChangeKind::kContent) return ChangeSeverity::kError;
  const bool takes = change.effect == ChangeEffect::kNarrower || change.effect == ChangeEffect::kBoth;
  return takes ? ChangeSeverity::kNarrowed : ChangeSeverity::kNote;
}

std::string_view WordOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded: return "added";
    case ChangeKind::kRemoved: return "removed";
    case ChangeKind::kWidened: return "widened";
    case ChangeKind::kNarrowed: return "narrowed";
    case ChangeKind::kChanged: return "changed";
    case ChangeKind::kRetyped: return "retyped";
    case ChangeKind::kRepointed: return "repointed";
    case ChangeKind::kRetired: return "retired";
    case ChangeKind::kReinstated: return "reinstated";
    case ChangeKind::kDeleted: return "deleted";
    case ChangeKind::kContent: return "content";
  }
  return "";
}

std::string_view WordOf(ChangeEffect effect) {
  switch (effect) {
    case ChangeEffect::kNone: return "none";
    case ChangeEffect::kWider: return "wider";
    case ChangeEffect::kNarrower: return "narrower";
    case ChangeEffect::kBoth: return "both";
  }
  return "";
}

std::string_view WordOf(ChangeSeverity severity) {
  switch (severity) {
    case ChangeSeverity::kError: return "error";
    case ChangeSeverity::kNarrowed: return "narrowed";
    case ChangeSeverity::kNote: return "note";
  }
  return "";
}

std::string_view WordOf(ChangeSubject subject) {
  switch (subject) {
    case ChangeSubject::kPlan: return "plan";
    case ChangeSubject::kAddOn: return "add_on";
    case ChangeSubject::kPrice: return "price";
    case ChangeSubject::kGroup: return "group";
    case ChangeSubject::kFeature: return "feature";
    case ChangeSubject::kMemberKind: return "member_kind";
    case ChangeSubject::kRole: return "role";
    case ChangeSubject::kPermission: return "permission";
    case ChangeSubject::kPaymentPolicy: return "payment_policy";
    case ChangeSubject::kCatalog: return "catalog";
  }
  return "";
}

}  // namespace usher
