// usher work ... and usher clock ...
#include "clients/cli/work_commands.h"

#include <memory>

#include "catalog/absl_bridge.h"
#include "catalog/time.h"
#include "clients/cli/numbers.h"
#include "clients/cli/server.h"
#include "clients/cli/table.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

constexpr std::size_t kErrorColumns = 60;
constexpr int kDeadLettersPerPage = 1000;

struct WorkArguments {
  std::string kind;
  bool dead = false;
  int limit = 50;
  std::vector<std::int64_t> ids;
};

std::string KindWord(v1::WorkKind kind) {
  switch (kind) {
    case v1::WORK_KIND_BOUNDARY: return "boundary";
    case v1::WORK_KIND_ROLES: return "roles";
    case v1::WORK_KIND_RETENTION: return "retention";
    case v1::WORK_KIND_CATALOG: return "catalog";
    default: return "unknown";
  }
}

std::string StateWord(v1::WorkState state) {
  switch (state) {
    case v1::WORK_STATE_WAITING: return "waiting";
    case v1::WORK_STATE_RUNNING: return "running";
    case v1::WORK_STATE_DEAD: return "dead";
    default: return "unknown";
  }
}

Ink StateInk(v1::WorkState state) {
  switch (state) {
    case v1::WORK_STATE_RUNNING: return Ink::kGreen;
    case v1::WORK_STATE_DEAD: return Ink::kRed;
    default: return Ink::kDim;
  }
}

v1::ListWorkRequest ListRequest(const WorkArguments& arguments) {
  v1::ListWorkRequest request;
  request.set_page_size(arguments.limit);
  request.set_dead_only(arguments.dead);
  for (const v1::WorkKind kind :
       {v1::WORK_KIND_BOUNDARY, v1::WORK_KIND_ROLES, v1::WORK_KIND_RETENTION, v1::WORK_KIND_CATALOG}) {
    if (arguments.kind == KindWord(kind)) request.set_kind(kind);
  }
  return request;
}

int List(const CommandContext& context, const WorkArguments& arguments) {
  const v1::ListWorkRequest request = ListRequest(arguments);
  Server server(context.server);
  const auto response = Ask(context, server.work(), &WorkStub::ListWork, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  Table table({"id", "kind", "key", "state", "due", "attempts", "last error"});
  for (const v1::Work& work : response->work()) {
    table.Add({{std::to_string(work.work_id())},
               {KindWord(work.kind())},
               {work.key()},
               {StateWord(work.state()), StateInk(work.state())},
               {work.due_at().seconds() == 0 ? "at once" : TimeText(work.due_at())},
               {std::to_string(work.attempts())},
               {Fit(work.last_error(), kErrorColumns)}});
  }
  return PrintPage(context, table, arguments.dead ? "nothing was given up" : "there is no such work",
                   response->next_page_token());
}

int Redrive(const CommandContext& context, const WorkArguments& arguments) {
  Server server(context.server);
  int exit_code = kExitYes;
  for (const std::int64_t id : arguments.ids) {
    v1::RedriveWorkRequest request;
    request.set_work_id(id);
    const auto response = Ask(context, server.work(), &WorkStub::RedriveWork, request);
    if (!response) {
      exit_code = kExitCouldNotAsk;
    } else if (!PrintedJson(context, *response)) {
      *context.out << "work " << id << " (" << KindWord(response->work().kind()) << " " << response->work().key()
                   << ") is tried again\n";
    }
  }
  return exit_code;
}

// Redrives one; false when the server is not to be asked on. One that lives again or is gone meanwhile is no failure.
bool RedriveOne(const CommandContext& context, Server& server, std::int64_t id, std::size_t& redriven) {
  v1::RedriveWorkRequest request;
  request.set_work_id(id);
  Question question(kPatience);
  v1::RedriveWorkResponse response;
  const grpc::Status status = server.work().RedriveWork(&question.context, request, &response);
  switch (status.error_code()) {
    case grpc::StatusCode::OK: ++redriven; return true;
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::NOT_FOUND: return true;
    default: CouldNotAsk(context, SentenceFor(status, context.server)); return false;
  }
}

// One that dies again while this runs is not met a second time: pages go on from where they were.
int RedriveDead(const CommandContext& context, const WorkArguments& arguments) {
  Server server(context.server);
  v1::ListWorkRequest request = ListRequest(arguments);
  request.set_page_size(kDeadLettersPerPage);
  std::size_t redriven = 0;
  bool going_on = true;
  do {
    const auto page = Ask(context, server.work(), &WorkStub::ListWork, request);
    going_on = page.has_value();
    for (int i = 0; going_on && i < page->work_size(); ++i) {
      going_on = RedriveOne(context, server, page->work(i).work_id(), redriven);
    }
    if (going_on) request.set_page_token(page->next_page_token());
  } while (going_on && !request.page_token().empty());
  if (context.format == "json") {
    *context.out << "{\"redriven\": " << redriven << "}\n";
    return going_on ? kExitYes : kExitCouldNotAsk;
  }
  *context.out << redriven << (redriven == 1 ? " dead letter is" : " dead letters are") << " tried again\n";
  return going_on ? kExitYes : kExitCouldNotAsk;
}

int GetClock(const CommandContext& context) {
  Server server(context.server);
  const auto response = Ask(context, server.test_clock(), &TestClockStub::GetTime, v1::GetTimeRequest());
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  *context.out << TimeText(response->time())
               << (response->follows_system() ? "  (the machine's time; it was never set)" : "  (stands still)")
               << "\n";
  return kExitYes;
}

// `2026-07-01T00:00:00Z`, or `+3d` from where the clock stands; nullopt after saying what is wrong.
std::optional<Instant> ReadTime(const CommandContext& context, Server& server, const std::string& text) {
  if (!text.starts_with('+')) {
    const absl::StatusOr<Instant> at = ParseInstant(text);
    if (at.ok()) return *at;
    CouldNotAsk(context, StatusMessage(at.status()));
    return std::nullopt;
  }
  const absl::StatusOr<CalendarDuration> by = ParseDuration(text.substr(1));
  if (!by.ok()) {
    CouldNotAsk(context, StatusMessage(by.status()));
    return std::nullopt;
  }
  const auto present = Ask(context, server.test_clock(), &TestClockStub::GetTime, v1::GetTimeRequest());
  if (!present) return std::nullopt;
  return AddCalendar(ToInstant(present->time()), *by);
}

int SetClock(const CommandContext& context, const std::string& text) {
  Server server(context.server);
  const std::optional<Instant> at = ReadTime(context, server, text);
  if (!at) return kExitCouldNotAsk;
  v1::SetTimeRequest request;
  *request.mutable_time() = ToTimestamp(*at);
  const auto response = Ask(context, server.test_clock(), &TestClockStub::SetTime, request);
  if (!response) return kExitCouldNotAsk;
  if (!PrintedJson(context, *response)) *context.out << "the server's time is " << TimeText(response->time()) << "\n";
  return kExitYes;
}

CLI::Option* AddKind(CLI::App& command, WorkArguments& arguments) {
  return command.add_option("--kind", arguments.kind, "only boundary, roles, retention or catalog")
      ->check(CLI::IsMember({"boundary", "roles", "retention", "catalog"}));
}

}  // namespace

void AddWorkCommands(CLI::App& app, CommandContext& context) {
  const auto arguments = std::make_shared<WorkArguments>();
  CLI::App* work = app.add_subcommand("work", "what the server still has to do by itself");
  work->require_subcommand(1);

  CLI::App* list = work->add_subcommand("list", "what waits, runs or was given up; the oldest first");
  list->add_flag("--dead", arguments->dead, "only what was given up");
  AddKind(*list, *arguments);
  AddLimit(*list, arguments->limit);
  Runs(*list, context, arguments, List);

  CLI::App* redrive = work->add_subcommand("redrive", "try again what was given up, after its cause was mended");
  CLI::Option* ids =
      redrive->add_option("ID", arguments->ids, "ids of dead letters, as `usher work list --dead` prints them")
          ->check(NumberIn({.least = 1}));
  CLI::Option* dead = redrive->add_flag("--dead", arguments->dead, "all dead letters")->excludes(ids);
  AddKind(*redrive, *arguments)->needs(dead);
  redrive->callback([&context, arguments] {
    if (!arguments->dead && arguments->ids.empty()) throw CLI::RequiredError("ID or --dead");
    context.run = [&context, arguments] {
      return arguments->dead ? RedriveDead(context, *arguments) : Redrive(context, *arguments);
    };
  });
}

void AddClockCommands(CLI::App& app, CommandContext& context) {
  CLI::App* clock =
      app.add_subcommand("clock", "the server's time, for tests; only of a server started with --test-clock");
  clock->require_subcommand(1);
  clock->add_subcommand("get", "what time the server believes it is")->callback([&context] {
    context.run = [&context] { return GetClock(context); };
  });
  const auto time = std::make_shared<std::string>();
  CLI::App* set = clock->add_subcommand("set", "move it forward; from then on it stands still");
  set->add_option("TIME", *time, "such as 2026-07-01T00:00:00Z, or +3d, +1mo from where it stands")->required();
  Runs(*set, context, time, SetClock);
}

}  // namespace usher
