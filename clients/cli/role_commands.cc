#include "clients/cli/role_commands.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/time.h"
#include "clients/cli/numbers.h"
#include "clients/cli/role_text.h"
#include "clients/cli/server.h"
#include "clients/cli/table.h"
#include "clients/cli/words.h"
#include "server/base/visible.h"

namespace usher {
namespace {

struct RoleArguments {
  std::string tenant;
  std::string user;
  std::string kind;
  std::string permission;
  std::string at;
  std::vector<std::string> users;
  int limit = 50;
  bool dry_run = false;
  bool force = false;
};
using Arguments = std::shared_ptr<RoleArguments>;

// ---- members

int ListMembers(const CommandContext& context, const RoleArguments& arguments) {
  v1::ListMembersRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_page_size(arguments.limit);
  Server server(context.server);
  const auto response = Ask(context, server.roles(), &RoleStub::ListMembers, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  Table table({"user", "kind", "since", "roles at the identity provider"});
  for (const v1::Member& member : response->members()) {
    table.Add({{member.user_id()},
               {member.kind()},
               {TimeText(member.created_at())},
               member.home() ? Cell{"follow this tenant"} : Cell{"follow an older membership", Ink::kDim}});
  }
  return PrintPage(context, table, Visible(arguments.tenant) + " has no members", response->next_page_token());
}

int PutMember(const CommandContext& context, const RoleArguments& arguments) {
  v1::PutMemberRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_user_id(arguments.user);
  request.set_kind(arguments.kind);
  Server server(context.server);
  const auto response = Ask(context, server.roles(), &RoleStub::PutMember, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  *context.out << Visible(arguments.user) << " is a member of " << Visible(arguments.tenant) << ", of kind "
               << response->member().kind() << "\n";
  if (!response->member().home()) {
    *context.out << "its roles at the identity provider follow an older membership\n";
  }
  return kExitYes;
}

int RemoveMember(const CommandContext& context, const RoleArguments& arguments) {
  v1::RemoveMemberRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_user_id(arguments.user);
  Server server(context.server);
  const auto response = Ask(context, server.roles(), &RoleStub::RemoveMember, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) {
    *context.out << Visible(arguments.user) << " is no member of " << Visible(arguments.tenant) << " any more\n";
  }
  return kExitYes;
}

// ---- roles

// What the server takes for a page at most, while the identity provider is slow.
constexpr std::chrono::seconds kSyncPatience{30};

// All pages as one answer; nullopt after saying why not.
std::optional<v1::SyncRolesResponse> SyncAll(const CommandContext& context, const RoleArguments& arguments) {
  v1::SyncRolesRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_dry_run(arguments.dry_run);
  request.set_force(arguments.force);
  for (const std::string& user : arguments.users) request.add_user_ids(user);
  Server server(context.server);
  v1::SyncRolesResponse all;
  do {
    auto page = Ask(context, server.roles(), &RoleStub::SyncRoles, request, kSyncPatience);
    if (!page) return std::nullopt;
    request.set_page_token(page->next_page_token());
    all.set_provider(page->provider());
    for (v1::UserRoles& user : *page->mutable_users()) *all.add_users() = std::move(user);
  } while (!request.page_token().empty());
  return all;
}

int SyncRoles(const CommandContext& context, const RoleArguments& arguments) {
  const auto response = SyncAll(context, arguments);
  if (!response) return kExitCouldNotAsk;
  int exit_code = kExitYes;
  for (const v1::UserRoles& user : response->users()) {
    if (!IsInStep(user, arguments.dry_run)) exit_code = kExitNo;
  }
  if (PrintedJson(context, *response)) return exit_code;
  Table table({"user", "desired", "observed", "action"});
  for (const v1::UserRoles& user : response->users()) table.Add(UserRow(user, arguments.dry_run));
  PrintPage(context, table, Visible(arguments.tenant) + " has no members", response->next_page_token());
  return exit_code;
}

// ---- can

int Can(const CommandContext& context, const RoleArguments& arguments) {
  v1::CheckPermissionRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_user_id(arguments.user);
  request.set_permission(arguments.permission);
  if (!arguments.at.empty()) {
    const absl::StatusOr<Instant> at = ParseInstant(arguments.at);
    if (!at.ok()) return CouldNotAsk(context, "--at: " + StatusMessage(at.status()));
    *request.mutable_at() = ToTimestamp(*at);
  }
  Server server(context.server);
  const auto response = Ask(context, server.roles(), &RoleStub::CheckPermission, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) *context.out << PermissionText(request, *response, context.colors);
  return response->allowed() ? kExitYes : kExitNo;
}

// ---- declarations

using Command = int (*)(const CommandContext&, const RoleArguments&);

CLI::App* Add(CLI::App& parent, const std::string& name, const std::string& description, CommandContext& context,
              const Arguments& arguments, Command command) {
  CLI::App* added = parent.add_subcommand(name, description);
  added->add_option("TENANT", arguments->tenant, "the tenant's id")->required();
  Runs(*added, context, arguments, command);
  return added;
}

void AddUser(CLI::App& command, RoleArguments& arguments) {
  command.add_option("USER", arguments.user, "the identity provider's id of the user")->required();
}

}  // namespace

void AddRoleCommands(CLI::App& app, CommandContext& context) {
  const auto arguments = std::make_shared<RoleArguments>();
  CLI::App* can = Add(app, "can", "may this user do this in this tenant?", context, arguments, Can);
  AddUser(*can, *arguments);
  can->add_option("PERMISSION", arguments->permission, "the permission's id")->required();
  can->add_option("--at", arguments->at, "answer for this time, such as 2026-07-01T00:00:00Z; otherwise now");

  CLI::App* members = app.add_subcommand("members", "who belongs to a tenant");
  members->require_subcommand(1);
  AddLimit(*Add(*members, "list", "the members of a tenant", context, arguments, ListMembers), arguments->limit);
  CLI::App* put = Add(*members, "put", "make a user a member, or one of another kind", context, arguments, PutMember);
  AddUser(*put, *arguments);
  put->add_option("KIND", arguments->kind, "a member kind of the catalog, such as owner")->required();
  AddUser(*Add(*members, "remove", "end a membership", context, arguments, RemoveMember), *arguments);

  CLI::App* roles = app.add_subcommand("roles", "what members have at the identity provider");
  roles->require_subcommand(1);
  CLI::App* sync =
      Add(*roles, "sync",
          "bring the roles of a tenant's members in step, now; exits 1 when somebody is not in step at the "
          "end",
          context, arguments, SyncRoles);
  sync->add_option("--user", arguments->users, "only this user; may be given several times");
  sync->add_flag("--dry-run", arguments->dry_run, "show what differs and write nothing");
  sync->add_flag("--force", arguments->force, "write also where the provider has a newer version, as after a restore");
}

}  // namespace usher
