#include "clients/cli/override_commands.h"

#include <memory>
#include <optional>
#include <utility>

#include "catalog/absl_bridge.h"
#include "clients/cli/numbers.h"
#include "clients/cli/server.h"
#include "clients/cli/tenant_text.h"
#include "clients/cli/words.h"
#include "server/base/visible.h"

namespace usher {
namespace {

struct OverrideArguments {
  std::string tenant;
  std::string feature;
  std::string override_id;  // the feature's id when empty
  std::string subscription;
  std::string starts_at;
  std::string expires_at;
  std::string reason;
  // The value, in one of the forms that a feature's type has.
  bool on = false;
  std::optional<std::string> limit;
  std::optional<std::string> included;
  std::optional<std::string> cap;
  std::optional<std::string> level;
  std::optional<std::vector<std::string>> values;
};
using Arguments = std::shared_ptr<OverrideArguments>;

absl::Status ReadLimit(const std::string& flag, const std::string& text, v1::LimitValue& limit) {
  if (text == "unlimited") {
    limit.set_unlimited(true);
    return absl::OkStatus();
  }
  const absl::StatusOr<std::int64_t> amount = ReadNumber(text, {});
  if (!amount.ok()) return InvalidArgument(flag + ": " + StatusMessage(amount.status()) + "; or the word unlimited");
  limit.set_amount(*amount);
  return absl::OkStatus();
}

absl::StatusOr<v1::Value> ReadValue(const OverrideArguments& arguments) {
  v1::Value value;
  absl::Status status;
  int forms = 0;
  if (arguments.on && ++forms) value.set_boolean(true);
  if (arguments.limit && ++forms) status.Update(ReadLimit("--limit", *arguments.limit, *value.mutable_limit()));
  if (arguments.included || arguments.cap) {
    ++forms;
    if (!arguments.included || !arguments.cap) return InvalidArgument("--included and --cap go together");
    status.Update(ReadLimit("--included", *arguments.included, *value.mutable_metered()->mutable_included()));
    status.Update(ReadLimit("--cap", *arguments.cap, *value.mutable_metered()->mutable_cap()));
  }
  if (arguments.level && ++forms) value.set_level(*arguments.level);
  if (arguments.values && ++forms) {
    for (const std::string& element : *arguments.values) value.mutable_set()->add_values(element);
  }
  if (forms != 1) {
    return InvalidArgument(
        "one value is needed, as the feature's type has it: --on, --limit N, --included N --cap N, --level NAME or "
        "--values A,B");
  }
  if (!status.ok()) return status;
  return value;
}

absl::Status ReadTime(const std::string& flag, const std::string& text, google::protobuf::Timestamp* at) {
  const absl::StatusOr<Instant> read = ParseInstant(text);
  if (!read.ok()) return InvalidArgument(flag + ": " + StatusMessage(read.status()));
  *at = ToTimestamp(*read);
  return absl::OkStatus();
}

absl::StatusOr<v1::PutOverrideRequest> ToRequest(const OverrideArguments& arguments, v1::OverrideMode mode) {
  v1::PutOverrideRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_feature(arguments.feature);
  request.set_override_id(arguments.override_id.empty() ? arguments.feature : arguments.override_id);
  request.set_mode(mode);
  request.set_reason(arguments.reason);
  request.set_subscription_id(arguments.subscription);
  absl::Status status;
  if (!arguments.starts_at.empty()) {
    status.Update(ReadTime("--from", arguments.starts_at, request.mutable_starts_at()));
  }
  if (!arguments.expires_at.empty()) {
    status.Update(ReadTime("--until", arguments.expires_at, request.mutable_expires_at()));
  }
  if (!status.ok()) return status;
  if (mode != v1::OVERRIDE_MODE_DENY) {
    const absl::StatusOr<v1::Value> value = ReadValue(arguments);
    if (!value.ok()) return value.status();
    *request.mutable_value() = *value;
  }
  return request;
}

int Put(const CommandContext& context, const OverrideArguments& arguments, v1::OverrideMode mode) {
  const absl::StatusOr<v1::PutOverrideRequest> request = ToRequest(arguments, mode);
  if (!request.ok()) return CouldNotAsk(context, StatusMessage(request.status()));
  Server server(context.server);
  const auto response = Ask(context, server.tenants(), &TenantStub::PutOverride, *request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) *context.out << OverrideText(response->override(), context.colors);
  return kExitYes;
}

int Remove(const CommandContext& context, const OverrideArguments& arguments) {
  v1::RemoveOverrideRequest request;
  request.set_tenant_id(arguments.tenant);
  request.set_override_id(arguments.override_id);
  request.set_reason(arguments.reason);
  Server server(context.server);
  const auto response = Ask(context, server.tenants(), &TenantStub::RemoveOverride, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) {
    *context.out << "override " << Visible(arguments.override_id) << " of " << Visible(arguments.tenant)
                 << " is removed\n";
  }
  return kExitYes;
}

void DeclareValue(CLI::App& command, OverrideArguments& arguments) {
  command.add_option("--limit", arguments.limit, "for a limit feature: a number, or unlimited");
  command.add_option("--included", arguments.included, "for a metered feature: what is included; goes with --cap");
  command.add_option("--cap", arguments.cap, "for a metered feature: where use stops; goes with --included");
}

// `override set`, `add` and `deny`.
CLI::App* AddPut(CLI::App& parent, const std::string& name, const std::string& description, CommandContext& context,
                 const Arguments& arguments, v1::OverrideMode mode) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->add_option("TENANT", arguments->tenant, "the tenant's id")->required();
  command->add_option("FEATURE", arguments->feature, "the feature's id")->required();
  command->add_option("--reason", arguments->reason, "why, for those who read it later")->required();
  command->add_option("--id", arguments->override_id, "names the override, to replace or remove it; else the feature");
  command->add_option("--from", arguments->starts_at, "in force from this time; else from now");
  command->add_option("--until", arguments->expires_at, "in force until this time; else until removed");
  command->add_option("--subscription", arguments->subscription, "only while this subscription grants something");
  command->callback([&context, arguments, mode] {
    context.run = [&context, arguments, mode] { return Put(context, *arguments, mode); };
  });
  return command;
}

}  // namespace

void AddOverrideCommands(CLI::App& tenant, CommandContext& context) {
  const Arguments arguments = std::make_shared<OverrideArguments>();
  CLI::App* parent = tenant.add_subcommand("override", "give or take a feature beside what was paid");
  parent->require_subcommand(1);

  CLI::App* set =
      AddPut(*parent, "set", "the value, whatever the plan says", context, arguments, v1::OVERRIDE_MODE_SET);
  set->add_flag("--on", arguments->on, "for a boolean feature");
  DeclareValue(*set, *arguments);
  set->add_option("--level", arguments->level, "for a level feature: the level's name");
  set->add_option("--values", arguments->values, "for a set feature: A,B")->delimiter(',');

  DeclareValue(*AddPut(*parent, "add", "so much on top of the plan", context, arguments, v1::OVERRIDE_MODE_ADD),
               *arguments);
  AddPut(*parent, "deny", "nothing, whatever the plan says", context, arguments, v1::OVERRIDE_MODE_DENY);

  CLI::App* remove = parent->add_subcommand("remove", "end an override now");
  remove->add_option("TENANT", arguments->tenant, "the tenant's id")->required();
  remove->add_option("OVERRIDE", arguments->override_id, "the override's id")->required();
  remove->add_option("--reason", arguments->reason, "why, for those who read it later")->required();
  Runs(*remove, context, arguments, Remove);
}

}  // namespace usher
