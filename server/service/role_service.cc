#include "server/service/role_service.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/base/near_miss.h"
#include "server/core/roles.h"
#include "server/engine/members.h"
#include "server/engine/revision.h"
#include "server/engine/stored_trace.h"
#include "server/engine/tenants.h"
#include "server/service/answer.h"
#include "server/service/convert.h"
#include "server/service/page_token.h"
#include "server/service/validate.h"

namespace usher {
namespace {

constexpr std::size_t kMaxKindBytes = 64;
constexpr std::size_t kMaxPermissionBytes = 64;
constexpr int kMostUsers = 100;
constexpr std::chrono::seconds kLongestSync{30};
// Of the caller's time, to bring the answer back: who is not done by then is told rather than cut off.
constexpr std::chrono::milliseconds kTimeToAnswer{250};

UserId ReadUserId(const std::string& text, const std::string& field, Violations& violations) {
  constexpr std::size_t kMaxBytes = 128;
  return UserId(ReadName(text, kMaxBytes, field, violations));
}

// The error for a name that the catalog does not have. `thing` is its word for people, `key` that of the metadata;
// `more` follows the name.
absl::Status UnknownName(v1::ErrorReason reason, const std::string& thing, const std::string& key,
                         const std::string& name, const std::vector<std::string>& known, const std::string& more = "") {
  const std::optional<std::string> near = NearMiss(name, known);
  const std::string message = "the catalog declares no " + thing + " \"" + name + "\"" + more;
  if (!near) return MakeError(reason, message, {{key, name}});
  return MakeError(reason, message + "; did you mean \"" + *near + "\"?", {{key, name}, {"did_you_mean", *near}});
}

absl::Status RequireMemberKind(const Catalog& catalog, const std::string& kind) {
  if (FindMemberKind(catalog, kind)) return absl::OkStatus();
  std::vector<std::string> known;
  for (const MemberKind& candidate : catalog.member_kinds) known.push_back(candidate.name);
  std::string kinds;
  for (const std::string& name : known) kinds += (kinds.empty() ? "" : ", ") + name;
  return UnknownName(v1::ERROR_REASON_MEMBER_KIND_UNKNOWN, "member kind", "kind", kind, known,
                     " (it has " + (kinds.empty() ? "none" : kinds) + ")");
}

absl::StatusOr<std::size_t> FindPermissionOrSuggest(const Catalog& catalog, const std::string& permission) {
  if (const std::optional<std::size_t> index = FindPermission(catalog, permission)) return *index;
  std::vector<std::string> known;
  for (const Permission& candidate : catalog.permissions) known.push_back(candidate.id.str());
  return UnknownName(v1::ERROR_REASON_PERMISSION_UNKNOWN, "permission", "permission", permission, known);
}

// ---- messages

v1::Member MemberMessage(const MemberRow& row, bool home) {
  v1::Member member;
  member.set_user_id(row.user.str());
  member.set_kind(row.kind);
  *member.mutable_created_at() = ToProto(row.created_at);
  member.set_home(home);
  return member;
}

v1::RoleMetadata MetadataMessage(const RoleMetadata& metadata) {
  v1::RoleMetadata message;
  message.set_plan(metadata.plan);
  for (const std::string& role : metadata.roles) message.add_roles(role);
  message.set_version(metadata.version);
  if (metadata.expires_at) *message.mutable_expires_at() = ToProto(*metadata.expires_at);
  return message;
}

v1::RoleAction ActionMessage(RoleAction action) {
  switch (action) {
    case RoleAction::kNone: return v1::ROLE_ACTION_NONE;
    case RoleAction::kWrite: return v1::ROLE_ACTION_WRITE;
    case RoleAction::kRemove: return v1::ROLE_ACTION_REMOVE;
    case RoleAction::kElsewhere: return v1::ROLE_ACTION_ELSEWHERE;
    case RoleAction::kNewer: return v1::ROLE_ACTION_NEWER;
  }
  return v1::ROLE_ACTION_UNSPECIFIED;
}

v1::PermissionReason ReasonMessage(PermissionReason reason) {
  switch (reason) {
    case PermissionReason::kGranted: return v1::PERMISSION_REASON_GRANTED;
    case PermissionReason::kNotAMember: return v1::PERMISSION_REASON_NOT_A_MEMBER;
    case PermissionReason::kKindUnknown: return v1::PERMISSION_REASON_MEMBER_KIND_UNKNOWN;
    case PermissionReason::kNoRole: return v1::PERMISSION_REASON_NO_ROLE;
    case PermissionReason::kFeatureDenied: return v1::PERMISSION_REASON_FEATURE_DENIED;
  }
  return v1::PERMISSION_REASON_UNSPECIFIED;
}

absl::Status ErrorOf(const ProviderFailure& failure) {
  switch (failure.kind) {
    case ProviderFailure::Kind::kRetry:
      return MakeRetryableError(v1::ERROR_REASON_IDENTITY_PROVIDER_UNAVAILABLE, failure.message,
                                failure.retry_after.value_or(std::chrono::seconds(1)));
    case ProviderFailure::Kind::kUnknownUser:
    case ProviderFailure::Kind::kRefused:
    case ProviderFailure::Kind::kFinal: return MakeError(v1::ERROR_REASON_IDENTITY_PROVIDER_REFUSED, failure.message);
  }
  return MakeError(v1::ERROR_REASON_INTERNAL, failure.message);
}

v1::UserRoles UserMessage(const TenantId& tenant, const UserSync& sync) {
  v1::UserRoles user;
  user.set_user_id(sync.user.str());
  if (sync.desired) *user.mutable_desired() = MetadataMessage(*sync.desired);
  const std::optional<RoleMetadata>& observed = sync.observed.metadata;
  user.set_observed_unreadable(sync.observed.unreadable);
  user.set_observed_foreign(observed && observed->tenant != tenant);
  if (observed && observed->tenant == tenant) *user.mutable_observed() = MetadataMessage(*observed);
  const auto* failure = std::get_if<ProviderFailure>(&sync.problem);
  const auto* status = std::get_if<absl::Status>(&sync.problem);
  if (failure != nullptr) *user.mutable_error() = ToRpcStatus(ErrorOf(*failure));
  if (status != nullptr) *user.mutable_error() = ToRpcStatus(WithReason(*status));
  // Nothing is known of a user whose metadata could not be read.
  const bool known = !user.has_error() || sync.action != RoleAction::kNone;
  if (!known) return user;
  user.set_action(ActionMessage(sync.action));
  user.set_drift(sync.action != RoleAction::kNone && sync.action != RoleAction::kElsewhere);
  return user;
}

v1::CheckPermissionResponse AnswerMessage(const Catalog& catalog, const PermissionDecision& decision,
                                          std::size_t permission) {
  v1::CheckPermissionResponse response;
  response.set_allowed(decision.allowed);
  response.set_reason(ReasonMessage(decision.reason));
  for (const std::size_t role : decision.member.roles) response.add_roles(catalog.roles[role].id.str());
  response.set_plan(JoinPlans(catalog, decision.member.plans));
  if (decision.feature) {
    const std::size_t feature = catalog.permissions[permission].requires_feature.value_or(0);
    *response.mutable_decision() = ToProto(*decision.feature, catalog, feature, /*include_sources=*/false);
    response.mutable_decision()->clear_evaluated_at();
  }
  if (decision.valid_until != kForever) *response.mutable_valid_until() = ToProto(decision.valid_until);
  return response;
}

// ---- requests

std::size_t ReadSyncPageSize(std::int32_t page_size, Violations& violations) {
  if (page_size >= 0 && page_size <= kMostUsers) return ReadPageSize(page_size, violations);
  violations.Add("page_size", "expected 1 to 100, or 0 for 50");
  return 0;
}

std::vector<UserId> ReadUsers(const v1::SyncRolesRequest& request, Violations& violations) {
  std::vector<UserId> users;
  if (request.user_ids_size() > kMostUsers) {
    violations.Add("user_ids", "expected at most 100 users, found " + std::to_string(request.user_ids_size()));
    return users;
  }
  for (int i = 0; i < request.user_ids_size(); ++i) {
    users.push_back(ReadUserId(request.user_ids(i), "user_ids[" + std::to_string(i) + "]", violations));
  }
  if (!users.empty() && !request.page_token().empty()) violations.Add("page_token", "expected none with user_ids");
  return users;
}

// A page of a tenant's members, from the place that `token` names.
struct MemberPage {
  std::vector<MemberRow> rows;
  std::string next_page_token;
};

absl::StatusOr<MemberPage> ReadMembers(StoreReader& reader, const TenantId& tenant, std::size_t page_size,
                                       const std::string& token) {
  const std::string list = "members of " + tenant.str();
  UserId after;
  if (!token.empty()) {
    const absl::StatusOr<std::string> position = DecodePageToken(list, token);
    if (!position.ok()) return position.status();
    after = UserId(*position);
  }
  absl::StatusOr<std::vector<MemberRow>> rows = reader.ListMembers(tenant, after, page_size + 1);
  if (!rows.ok()) return rows.status();
  MemberPage page{.rows = *std::move(rows), .next_page_token = ""};
  page.next_page_token = CutPage(page.rows, page_size, list, [](const MemberRow& row) { return row.user.str(); });
  return page;
}

}  // namespace

RoleService::RoleService(Store* store, Writer* writer, const Projection* projection, const Clock* clock, RoleSync* sync)
    : store_(*store), writer_(*writer), projection_(*projection), clock_(*clock), sync_(sync) {}

absl::StatusOr<v1::SyncRolesResponse> RoleService::SyncRoles(const CallContext& context,
                                                             const v1::SyncRolesRequest& request) {
  Violations violations;
  SyncRequest sync{
      .tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations),
      .users = ReadUsers(request, violations),
      .dry_run = request.dry_run(),
      .force = request.force(),
      .deadline = std::min(context.deadline - kTimeToAnswer, std::chrono::steady_clock::now() + kLongestSync)};
  const std::size_t page_size = ReadSyncPageSize(request.page_size(), violations);
  if (!violations.empty()) return violations.ToStatus();
  v1::SyncRolesResponse response;
  {
    const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
    if (!reader.ok()) return reader.status();
    if (absl::Status known = RequireTenant(**reader, sync.tenant); !known.ok()) return known;
    if (sync_ == nullptr) {
      return MakeError(v1::ERROR_REASON_IDENTITY_PROVIDER_MISSING,
                       "the server has no identity provider, so there are no roles to bring in step; members and "
                       "permissions work without one");
    }
    if (sync.users.empty()) {
      absl::StatusOr<MemberPage> page = ReadMembers(**reader, sync.tenant, page_size, request.page_token());
      if (!page.ok()) return page.status();
      for (MemberRow& row : page->rows) sync.users.push_back(std::move(row.user));
      response.set_next_page_token(page->next_page_token);
    }
  }
  response.set_provider(std::string(sync_->provider()));
  for (const UserSync& user : sync_->Sync(sync)) *response.add_users() = UserMessage(sync.tenant, user);
  return response;
}

absl::StatusOr<v1::CheckPermissionResponse> RoleService::CheckPermission(const CallContext& context,
                                                                         const v1::CheckPermissionRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const UserId user = ReadUserId(request.user_id(), "user_id", violations);
  const std::string name = ReadName(request.permission(), kMaxPermissionBytes, "permission", violations);
  const Freshness freshness = ReadFreshness(request, violations);
  const std::optional<Instant> at = ReadInstant(request.has_at(), request.at(), "at", violations);
  if (!violations.empty()) return violations.ToStatus();

  CatalogPtr live;
  std::int64_t generation = 0;
  {
    // Held no longer: the store may take its time.
    const absl::StatusOr<Projection::View> view =
        ViewFor(projection_, store_.Epoch(), freshness, {&tenant, 1}, context);
    if (!view.ok()) return view.status();
    live = view->catalog();
    generation = view->generation();
  }
  const Catalog& catalog = *live;
  const absl::StatusOr<std::size_t> permission = FindPermissionOrSuggest(catalog, name);
  if (!permission.ok()) return permission.status();
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<std::optional<MemberRow>> member = (*reader)->FindMember(tenant, user);
  if (!member.ok()) return member.status();
  const std::optional<std::string_view> kind =
      member->has_value() ? std::optional<std::string_view>((*member)->kind) : std::nullopt;

  const absl::StatusOr<StoredTimeline> stored = ReadTimeline(**reader, tenant, catalog);
  if (!stored.ok()) return stored.status();
  const Instant when = at.value_or(EvaluationInstant(stored->timeline, clock_.Now()));
  v1::CheckPermissionResponse response =
      AnswerMessage(catalog, usher::CheckPermission(catalog, stored->timeline, kind, *permission, when), *permission);
  response.set_kind(kind ? std::string(*kind) : "");
  *response.mutable_evaluated_at() = ToProto(when);
  response.set_tenant_version(stored->version);
  response.set_generation(generation);
  response.set_catalog_hash(ToHex(catalog.hash));
  response.set_revision(
      EncodeRevision({.epoch = store_.Epoch(), .versions = {{tenant, stored->version}}, .generation = generation}));
  return response;
}

absl::StatusOr<v1::PutMemberResponse> RoleService::PutMember(const CallContext& context,
                                                             const v1::PutMemberRequest& request) {
  Violations violations;
  const MemberRow row{.tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations),
                      .user = ReadUserId(request.user_id(), "user_id", violations),
                      .kind = ReadName(request.kind(), kMaxKindBytes, "kind", violations),
                      .created_at = clock_.Now()};
  if (!violations.empty()) return violations.ToStatus();
  {
    const absl::StatusOr<Projection::View> view = ViewFor(projection_, store_.Epoch(), {}, {&row.tenant, 1}, context);
    if (!view.ok()) return view.status();
    if (absl::Status known = RequireMemberKind(*view->catalog(), row.kind); !known.ok()) return known;
  }
  const absl::StatusOr<Membership> membership = usher::PutMember(writer_, row, context.principal.name);
  if (!membership.ok()) return membership.status();
  v1::PutMemberResponse response;
  *response.mutable_member() = MemberMessage(membership->row, membership->home);
  return response;
}

absl::StatusOr<v1::RemoveMemberResponse> RoleService::RemoveMember(const CallContext& context,
                                                                   const v1::RemoveMemberRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const UserId user = ReadUserId(request.user_id(), "user_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::Status removed = usher::RemoveMember(writer_, tenant, user, clock_.Now(), context.principal.name);
  if (!removed.ok()) return removed;
  return v1::RemoveMemberResponse();
}

absl::StatusOr<v1::ListMembersResponse> RoleService::ListMembers(const CallContext& /*context*/,
                                                                 const v1::ListMembersRequest& request) {
  Violations violations;
  const TenantId tenant = ReadTenantId(request.tenant_id(), "tenant_id", violations);
  const std::size_t page_size = ReadPageSize(request.page_size(), violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  if (absl::Status known = RequireTenant(**reader, tenant); !known.ok()) return known;
  absl::StatusOr<MemberPage> page = ReadMembers(**reader, tenant, page_size, request.page_token());
  if (!page.ok()) return page.status();
  v1::ListMembersResponse response;
  response.set_next_page_token(page->next_page_token);
  for (const MemberRow& row : page->rows) {
    const absl::StatusOr<std::vector<MemberRow>> memberships = (*reader)->FindMemberships(row.user);
    if (!memberships.ok()) return memberships.status();
    const bool home = !memberships->empty() && memberships->front().tenant == tenant;
    *response.add_members() = MemberMessage(row, home);
  }
  return response;
}

}  // namespace usher
