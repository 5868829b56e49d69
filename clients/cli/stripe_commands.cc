#include "clients/cli/stripe_commands.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/visible.h"
#include "server/workbench/dry_run.h"

namespace usher {
namespace {

struct DryRunOptions {
  std::vector<std::string> files;
  bool livemode = false;
};

// The bytes of a file, at most one more than an event may have; nothing when it cannot be read.
std::optional<std::string> ReadEventFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string body(stripe::kMaxEventBytes + 1, '\0');
  file.read(body.data(), static_cast<std::streamsize>(body.size()));
  if (!file.eof() && file.fail()) return std::nullopt;
  body.resize(static_cast<std::size_t>(file.gcount()));
  return body;
}

int RunDryRun(const DryRunOptions& options, const CommandContext& context) {
  std::vector<DryRun> runs;
  for (const std::string& path : options.files) {
    const std::optional<std::string> body = ReadEventFile(path);
    if (!body) {
      return CouldNotAsk(context, "cannot read " + path + "; expected a file that holds one Stripe event as JSON");
    }
    runs.push_back(DryRunStripeEvent(path, *body, options.livemode));
  }
  *context.out << VisibleLines(context.format == "json" ? DryRunJson(runs) : DryRunTable(runs));
  const bool parked = std::any_of(runs.begin(), runs.end(),
                                  [](const DryRun& run) { return run.event.verdict == stripe::Verdict::kParked; });
  return parked ? kExitNo : kExitYes;
}

}  // namespace

void AddStripeCommands(CLI::App& app, CommandContext& context) {
  CLI::App* stripe = app.add_subcommand("stripe", "Look at Stripe events");
  stripe->require_subcommand(1);
  CLI::App* dry_run = stripe->add_subcommand("dry-run", "Tell what the server would make of events, without one");
  auto options = std::make_shared<DryRunOptions>();
  dry_run->add_option("FILE", options->files, "Files of one event each, as JSON")->required();
  dry_run->add_flag("--livemode", options->livemode, "Judge as a server of live mode; test mode otherwise");
  dry_run->callback(
      [options, &context] { context.run = [options, &context] { return RunDryRun(*options, context); }; });
}

}  // namespace usher
