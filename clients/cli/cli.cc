#include "clients/cli/catalog_commands.h"
#include "clients/cli/command.h"
#include "clients/cli/role_commands.h"
#include "clients/cli/server_flags.h"
#include "clients/cli/stripe_commands.h"
#include "clients/cli/work_commands.h"
#include "server/base/version.h"
#include "server/base/visible.h"

namespace usher {
namespace {

constexpr const char* kFooter =
    "\nThe API key stands in USHER_API_KEY, or in the file that USHER_API_KEY_FILE names.\n"
    "Exit codes: 0 allowed, or it worked; 1 denied; 2 the question could not be asked.\n"
    "`usher quickstart` shows the first steps.\n";

// CLI11 misses a command before it names what stands in its place.
std::string Sentence(const CLI::ParseError& error, const CLI::App& app) {
  std::string sentence = error.what();
  for (const std::string& word : app.remaining(true)) {
    if (sentence.find(word) == std::string::npos) sentence += "; not understood: " + word;
  }
  return sentence;
}

}  // namespace

int CouldNotAsk(const CommandContext& context, std::string_view message) {
  *context.err << "usher: " << Visible(message) << "\n";
  return kExitCouldNotAsk;
}

int RunCli(const std::vector<std::string>& arguments, CommandContext& context) {
  CLI::App app("Asks an Usher server what tenants may do, and why.", "usher");
  app.require_subcommand(1);
  app.fallthrough();  // the global flags may stand behind the command
  app.footer(kFooter);
  app.set_version_flag("--version", "usher " + std::string(Version()), "print the version and do nothing else");
  ServerFlags server_flags;
  context.format = "table";
  AddServerFlags(app, server_flags);
  app.add_option("--format", context.format, "how answers are printed: table for people, json for programs")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  AddAccessCommands(app, context);
  AddTenantCommands(app, context);
  AddKeyCommands(app, context);
  AddRoleCommands(app, context);
  AddEventCommands(app, context);
  AddWorkCommands(app, context);
  AddClockCommands(app, context);
  AddCatalogCommands(app, context);
  AddStripeCommands(app, context);
  AddGuideCommands(app, context);
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    *context.out << app.help();
    return kExitYes;
  } catch (const CLI::CallForVersion& asked) {
    *context.out << asked.what() << "\n";
    return kExitYes;
  } catch (const CLI::ParseError& error) {
    const int code = CouldNotAsk(context, Sentence(error, app));
    *context.err << "See usher --help, or usher COMMAND --help.\n";
    return code;
  }
  Problems problems;
  context.server = ReadServerOptions(ToSettings(server_flags, context.environment), context.environment, problems);
  for (const std::string& problem : problems) CouldNotAsk(context, problem);
  return problems.empty() ? context.run() : kExitCouldNotAsk;
}

}  // namespace usher
