// usher check, explain and timeline.
#include <cstdint>
#include <memory>
#include <optional>

#include "catalog/absl_bridge.h"
#include "clients/cli/command.h"
#include "clients/cli/decision_text.h"
#include "clients/cli/numbers.h"
#include "clients/cli/server.h"
#include "clients/cli/timeline_text.h"
#include "clients/cli/words.h"
#include "server/base/visible.h"

namespace usher {
namespace {

// What check and explain ask.
struct CheckArguments {
  std::string tenant;
  std::string feature;
  std::optional<std::int64_t> quantity;
  std::optional<std::int64_t> usage;
  std::string at;
};

void Declare(CLI::App& command, CheckArguments& arguments) {
  command.add_option("TENANT", arguments.tenant, "whose access")->required();
  command.add_option("FEATURE", arguments.feature, "the feature's id")->required();
  command.add_option("--quantity", arguments.quantity, "units about to be added; 0 asks to keep what is there")
      ->check(NumberIn({}));
  command.add_option("--usage", arguments.usage, "units in use now")->check(NumberIn({}));
  command.add_option("--at", arguments.at, "answer for this time, such as 2026-07-01T00:00:00Z; otherwise now");
}

// The fields that both requests have.
template <typename Request>
absl::StatusOr<Request> ToRequest(const CheckArguments& arguments) {
  Request request;
  request.set_tenant_id(arguments.tenant);
  request.set_feature(arguments.feature);
  if (arguments.quantity) request.set_quantity(*arguments.quantity);
  if (arguments.usage) request.set_current_usage(*arguments.usage);
  if (!arguments.at.empty()) {
    const absl::StatusOr<Instant> at = ParseInstant(arguments.at);
    if (!at.ok()) return InvalidArgument("--at: " + StatusMessage(at.status()));
    *request.mutable_at() = ToTimestamp(*at);
  }
  return request;
}

int ExitCodeOf(const v1::Decision& decision) { return decision.allowed() ? kExitYes : kExitNo; }

int Check(const CommandContext& context, const CheckArguments& arguments) {
  const auto request = ToRequest<v1::CheckEntitlementRequest>(arguments);
  if (!request.ok()) return CouldNotAsk(context, StatusMessage(request.status()));
  Server server(context.server);
  const auto response = Ask(context, server.entitlements(), &EntitlementStub::CheckEntitlement, *request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) {
    *context.out << DecisionText(Visible(arguments.tenant), response->decision(), context.colors);
  }
  return ExitCodeOf(response->decision());
}

int Explain(const CommandContext& context, const CheckArguments& arguments) {
  const auto request = ToRequest<v1::ExplainEntitlementRequest>(arguments);
  if (!request.ok()) return CouldNotAsk(context, StatusMessage(request.status()));
  Server server(context.server);
  const auto response = Ask(context, server.entitlements(), &EntitlementStub::ExplainEntitlement, *request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) {
    *context.out << DecisionText(Visible(arguments.tenant), response->decision(), context.colors) << "\n"
                 << StepsText(*response, context.colors);
  }
  return ExitCodeOf(response->decision());
}

int Timeline(const CommandContext& context, const std::string& tenant) {
  v1::GetTimelineRequest request;
  request.set_tenant_id(tenant);
  Server server(context.server);
  const auto response = Ask(context, server.entitlements(), &EntitlementStub::GetTimeline, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) {
    *context.out << DrawTimeline(Visible(tenant), *response, {.colors = context.colors});
  }
  return kExitYes;
}

}  // namespace

void AddAccessCommands(CLI::App& app, CommandContext& context) {
  const auto checked = std::make_shared<CheckArguments>();
  CLI::App* check = app.add_subcommand("check", "may this tenant use this feature?");
  Declare(*check, *checked);
  Runs(*check, context, checked, Check);

  const auto explained = std::make_shared<CheckArguments>();
  CLI::App* explain = app.add_subcommand("explain", "the same, and every step from the received events to the answer");
  Declare(*explain, *explained);
  Runs(*explain, context, explained, Explain);

  const auto tenant = std::make_shared<std::string>();
  CLI::App* timeline = app.add_subcommand("timeline", "what a tenant had, has and will have, drawn");
  timeline->add_option("TENANT", *tenant, "whose timeline")->required();
  Runs(*timeline, context, tenant, Timeline);
}

}  // namespace usher
