#include "clients/cli/role_text.h"

#include <sstream>

#include "clients/cli/decision_text.h"
#include "clients/cli/words.h"
#include "server/base/visible.h"

namespace usher {
namespace {

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

Cell DesiredCell(const v1::UserRoles& user) {
  if (user.has_desired()) return {MetadataText(user.desired())};
  if (user.action() == v1::ROLE_ACTION_ELSEWHERE) return {"as its home has it", Ink::kDim};
  return {user.action() == v1::ROLE_ACTION_REMOVE ? "nothing" : "", Ink::kDim};
}

Cell ObservedCell(const v1::UserRoles& user) {
  if (user.has_observed()) return {MetadataText(user.observed())};
  if (user.observed_unreadable()) return {"unreadable", Ink::kYellow};
  if (user.observed_foreign()) return {"another tenant's", Ink::kYellow};
  const bool known = user.action() != v1::ROLE_ACTION_UNSPECIFIED && user.action() != v1::ROLE_ACTION_ELSEWHERE;
  return {known ? "nothing" : "", Ink::kDim};
}

Cell ActionCell(const v1::UserRoles& user, bool dry_run) {
  if (user.has_error()) return {"failed: " + user.error().message(), Ink::kRed};
  switch (user.action()) {
    case v1::ROLE_ACTION_NONE: return {"none: in step", Ink::kGreen};
    case v1::ROLE_ACTION_WRITE: return {dry_run ? "would write" : "written", Ink::kCyan};
    case v1::ROLE_ACTION_REMOVE: return {dry_run ? "would remove" : "removed", Ink::kCyan};
    case v1::ROLE_ACTION_ELSEWHERE: return {"none: its home is elsewhere", Ink::kDim};
    case v1::ROLE_ACTION_NEWER: return {"none: what is there is newer; --force writes", Ink::kYellow};
    default: return {"unknown"};
  }
}

// Why, as the end of a sentence.
std::string ReasonText(const v1::CheckPermissionRequest& request, const v1::CheckPermissionResponse& answer) {
  const std::string roles = answer.roles().empty() ? "no role" : "role " + Joined(answer.roles());
  const std::string kind = Visible(answer.kind());
  switch (answer.reason()) {
    case v1::PERMISSION_REASON_GRANTED: return "a member of kind " + kind + " has " + roles;
    case v1::PERMISSION_REASON_NOT_A_MEMBER: return "the user is no member of " + Visible(request.tenant_id());
    case v1::PERMISSION_REASON_MEMBER_KIND_UNKNOWN: return "the catalog no longer knows the member kind " + kind;
    case v1::PERMISSION_REASON_NO_ROLE:
      return "a member of kind " + kind + " has " + roles + (answer.plan().empty() ? "" : " under " + answer.plan()) +
             ", which does not include it";
    case v1::PERMISSION_REASON_FEATURE_DENIED: return "it requires a feature that the tenant may not use";
    default: return "";
  }
}

}  // namespace

std::string MetadataText(const v1::RoleMetadata& metadata) {
  std::string text = metadata.plan().empty() ? "no plan" : metadata.plan();
  text += metadata.roles().empty() ? ": no role" : ": " + Joined(metadata.roles());
  text += "; v" + std::to_string(metadata.version());
  if (metadata.has_expires_at()) text += ", until " + TimeText(metadata.expires_at());
  return text;
}

std::vector<Cell> UserRow(const v1::UserRoles& user, bool dry_run) {
  return {{user.user_id()}, DesiredCell(user), ObservedCell(user), ActionCell(user, dry_run)};
}

bool IsInStep(const v1::UserRoles& user, bool dry_run) {
  if (user.has_error()) return false;
  switch (user.action()) {
    case v1::ROLE_ACTION_NONE:
    case v1::ROLE_ACTION_ELSEWHERE: return true;
    case v1::ROLE_ACTION_WRITE:
    case v1::ROLE_ACTION_REMOVE: return !dry_run;
    default: return false;
  }
}

std::string PermissionText(const v1::CheckPermissionRequest& request, const v1::CheckPermissionResponse& answer,
                           bool colors) {
  std::ostringstream out;
  out << Visible(request.user_id()) << " "
      << Paint(answer.allowed() ? "may" : "may not", answer.allowed() ? Ink::kGreen : Ink::kRed, colors) << " "
      << Visible(request.permission()) << " in " << Visible(request.tenant_id()) << ": " << ReasonText(request, answer)
      << "\n";
  if (answer.has_valid_until()) out << "until " << TimeText(answer.valid_until()) << "\n";
  if (answer.has_decision() && !answer.allowed()) {
    out << DecisionText(Visible(request.tenant_id()), answer.decision(), colors);
  }
  return out.str();
}

}  // namespace usher
