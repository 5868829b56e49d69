// usher events ...
#include <memory>

#include "clients/cli/command.h"
#include "clients/cli/numbers.h"
#include "clients/cli/server.h"
#include "clients/cli/table.h"
#include "clients/cli/words.h"
#include "server/base/visible.h"

namespace usher {
namespace {

constexpr std::size_t kReasonColumns = 60;  // in a list; `show` has all of it

struct EventArguments {
  std::string provider = "stripe";
  std::string event_id;
  std::string disposition;
  int limit = 50;
};
using Arguments = std::shared_ptr<EventArguments>;

Ink DispositionInk(v1::Disposition disposition) {
  switch (disposition) {
    case v1::DISPOSITION_APPLIED: return Ink::kGreen;
    case v1::DISPOSITION_PARKED: return Ink::kRed;
    default: return Ink::kDim;
  }
}

void PrintDelivery(const CommandContext& context, const v1::Event& event) {
  Table table;
  const auto add = [&](const char* name, const std::string& text, Ink ink = Ink::kPlain) {
    if (!text.empty()) table.Add({{name, Ink::kDim}, {text, ink}});
  };
  std::string tenants;
  for (const std::string& tenant : event.tenant_ids()) tenants += (tenants.empty() ? "" : ", ") + tenant;
  *context.out << Paint(event.event_id(), Ink::kBold, context.colors) << "  " << event.type() << "\n\n";
  add("became", DispositionWord(event.disposition()), DispositionInk(event.disposition()));
  add("because", event.reason());
  add("tenants", tenants);
  add("sent by", event.provider() + (event.livemode() ? ", live mode" : ", test mode") +
                     (event.account().empty() ? "" : ", account " + event.account()));
  if (event.has_created_at()) add("made at", TimeText(event.created_at()));
  add("received", TimeText(event.received_at()));
  table.Print(*context.out, context.colors, "  ");
}

int List(const CommandContext& context, const EventArguments& arguments) {
  v1::ListEventsRequest request;
  request.set_page_size(arguments.limit);
  if (arguments.disposition == "applied") request.set_disposition(v1::DISPOSITION_APPLIED);
  if (arguments.disposition == "ignored") request.set_disposition(v1::DISPOSITION_IGNORED);
  if (arguments.disposition == "parked") request.set_disposition(v1::DISPOSITION_PARKED);
  Server server(context.server);
  const auto response = Ask(context, server.events(), &EventStub::ListEvents, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  Table table({"received", "event", "type", "became", "because"});
  for (const v1::Event& event : response->events()) {
    table.Add({{TimeText(event.received_at())},
               {event.event_id()},
               {event.type()},
               {DispositionWord(event.disposition()), DispositionInk(event.disposition())},
               {Fit(event.reason(), kReasonColumns)}});
  }
  return PrintPage(context, table, "no such event has arrived", response->next_page_token());
}

int Show(const CommandContext& context, const EventArguments& arguments) {
  v1::GetEventRequest request;
  request.set_provider(arguments.provider);
  request.set_event_id(arguments.event_id);
  Server server(context.server);
  const auto response = Ask(context, server.events(), &EventStub::GetEvent, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  for (const v1::Event& event : response->deliveries()) PrintDelivery(context, event);
  return kExitYes;
}

int Redrive(const CommandContext& context, const EventArguments& arguments) {
  v1::RedriveEventRequest request;
  request.set_provider(arguments.provider);
  request.set_event_id(arguments.event_id);
  Server server(context.server);
  const auto response = Ask(context, server.events(), &EventStub::RedriveEvent, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) {
    *context.out << Visible(arguments.event_id) << " is now "
                 << Paint(DispositionWord(response->disposition()), DispositionInk(response->disposition()),
                          context.colors)
                 << (response->reason().empty() ? "" : ": " + response->reason()) << "\n";
  }
  return response->disposition() == v1::DISPOSITION_PARKED ? kExitNo : kExitYes;
}

void AddOne(CLI::App& events, const std::string& name, const std::string& description, CommandContext& context,
            const Arguments& arguments, int (*run)(const CommandContext&, const EventArguments&),
            const std::string& alias = "") {
  CLI::App* command = events.add_subcommand(name, description);
  if (!alias.empty()) command->alias(alias);
  command->add_option("EVENT", arguments->event_id, "the event's id")->required();
  command->add_option("--provider", arguments->provider, "who sent it")->capture_default_str();
  Runs(*command, context, arguments, run);
}

}  // namespace

void AddEventCommands(CLI::App& app, CommandContext& context) {
  const Arguments arguments = std::make_shared<EventArguments>();
  CLI::App* events = app.add_subcommand("events", "what arrived from billing systems, and what became of it");
  events->require_subcommand(1);

  CLI::App* list = events->add_subcommand("list", "the last received first");
  list->add_option("--disposition", arguments->disposition, "only applied, ignored or parked ones")
      ->check(CLI::IsMember({"applied", "ignored", "parked"}));
  AddLimit(*list, arguments->limit);
  Runs(*list, context, arguments, List);

  AddOne(*events, "show", "one event, and every delivery of it that says something else", context, arguments, Show,
         "get");
  AddOne(*events, "redrive", "read a parked event again, after its cause was mended; exit code 1 when it stays parked",
         context, arguments, Redrive);
}

}  // namespace usher
