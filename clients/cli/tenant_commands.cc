// usher tenant ...
#include <memory>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/generate_command.h"
#include "clients/cli/numbers.h"
#include "clients/cli/override_commands.h"
#include "clients/cli/server.h"
#include "clients/cli/tenant_text.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

struct TenantArguments {
  std::string tenant;
  std::string name;
  std::string provider;
  std::string external_id;
  std::string reason;
  int limit = 50;
};
using Arguments = std::shared_ptr<TenantArguments>;

// Asks, and prints the tenant that every answer but that of a list holds.
template <typename Request, typename Response>
int AskAndPrint(const CommandContext& context,
                grpc::Status (TenantStub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
  Server server(context.server);
  const auto response = Ask(context, server.tenants(), method, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) *context.out << TenantText(response->tenant(), context.colors);
  return kExitYes;
}

int Show(const CommandContext& context, const TenantArguments& arguments) {
  v1::GetTenantRequest request;
  request.set_tenant_id(arguments.tenant);
  return AskAndPrint(context, &TenantStub::GetTenant, request);
}

int Create(const CommandContext& context, const TenantArguments& arguments) {
  v1::CreateTenantRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_display_name(arguments.name);
  return AskAndPrint(context, &TenantStub::CreateTenant, request);
}

int Link(const CommandContext& context, const TenantArguments& arguments) {
  v1::LinkTenantRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_provider(arguments.provider);
  request.set_external_id(arguments.external_id);
  return AskAndPrint(context, &TenantStub::LinkTenant, request);
}

int Suspend(const CommandContext& context, const TenantArguments& arguments) {
  v1::SuspendTenantRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_reason(arguments.reason);
  return AskAndPrint(context, &TenantStub::SuspendTenant, request);
}

int Reinstate(const CommandContext& context, const TenantArguments& arguments) {
  v1::ReinstateTenantRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_reason(arguments.reason);
  return AskAndPrint(context, &TenantStub::ReinstateTenant, request);
}

int List(const CommandContext& context, const TenantArguments& arguments) {
  v1::ListTenantsRequest request;
  request.set_page_size(arguments.limit);
  Server server(context.server);
  const auto response = Ask(context, server.tenants(), &TenantStub::ListTenants, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  Table table({"tenant", "version", "known since"});
  for (const v1::TenantSummary& known : response->tenants()) {
    table.Add({{known.tenant_id()}, {std::to_string(known.version())}, {TimeText(known.created_at())}});
  }
  return PrintPage(context, table, "no tenant is known yet", response->next_page_token());
}

// Declares one subcommand of `tenant` that takes a tenant; `run` answers the exit code.
CLI::App* AddTenantCommand(CLI::App& tenant, const std::string& name, const std::string& description,
                           CommandContext& context, const Arguments& arguments,
                           int (*run)(const CommandContext&, const TenantArguments&)) {
  CLI::App* command = tenant.add_subcommand(name, description);
  command->add_option("TENANT", arguments->tenant, "the tenant's id")->required();
  Runs(*command, context, arguments, run);
  return command;
}

}  // namespace

void AddTenantCommands(CLI::App& app, CommandContext& context) {
  const Arguments arguments = std::make_shared<TenantArguments>();
  CLI::App* tenant = app.add_subcommand("tenant", "read tenants, and decide about them as an operator");
  tenant->alias("tenants")->require_subcommand(1);

  AddTenantCommand(*tenant, "show", "one tenant: its links, its overrides, its suspension", context, arguments, Show)
      ->alias("get");

  CLI::App* list = tenant->add_subcommand("list", "all tenants, by id");
  AddLimit(*list, arguments->limit);
  Runs(*list, context, arguments, List);

  AddTenantCommand(*tenant, "create", "make a tenant known before it pays", context, arguments, Create)
      ->add_option("--name", arguments->name, "what people call it");

  CLI::App* link = AddTenantCommand(*tenant, "link", "say that an account of a billing system belongs to a tenant",
                                    context, arguments, Link);
  link->add_option("PROVIDER", arguments->provider, "whose account: stripe")->required();
  link->add_option("ACCOUNT", arguments->external_id, "a customer or subscription id")->required();

  AddTenantCommand(*tenant, "suspend", "take everything, whatever was paid, until it is reinstated", context, arguments,
                   Suspend)
      ->add_option("--reason", arguments->reason, "why, for those who read it later")
      ->required();
  AddTenantCommand(*tenant, "reinstate", "end a suspension", context, arguments, Reinstate)
      ->add_option("--reason", arguments->reason, "why, for those who read it later")
      ->required();

  AddOverrideCommands(*tenant, context);
  AddGenerateCommand(*tenant, context);
}

}  // namespace usher
