#include "server/app/init.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "catalog/absl_bridge.h"
#include "server/app/open_store.h"
#include "server/app/system_clock.h"
#include "server/engine/keys.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"

namespace usher {
namespace {

constexpr char kActor[] = "usherd init";

constexpr char kAfterwards[] =
    "This is the admin key. It is shown only now: keep it where secrets are kept.\n"
    "  export USHER_API_KEY=usk_...              # or USHER_API_KEY_FILE=FILE\n"
    "  usher keys create relay --scope ingest    # a key for each program, with no more scopes than it needs\n";

constexpr char kBesideAServer[] =
    ". A server reads its keys when it starts and would not hear of this one. With an admin key make further keys "
    "through it: `usher keys create`. Without one stop it, run `usherd init` again (with --replace when the admin key "
    "is "
    "lost) and start it";

constexpr char kRefusal[] =
    "the store has an admin key of all tenants: with it, make further ones with `usher keys create`. If it is lost, "
    "`usherd init --replace` revokes every admin key and makes a new one";

absl::Status RevokeAdmins(Keys& keys) {
  for (const std::string& id : keys.AdminIds()) {
    const absl::Status revoked = keys.Revoke(id, kActor).status();
    if (!revoked.ok()) return revoked;
  }
  return absl::OkStatus();
}

absl::StatusOr<NewKey> MakeAdminKey(const std::string& store_name, bool replace) {
  const absl::StatusOr<std::unique_ptr<Store>> store = OpenStore(store_name);
  if (absl::IsAborted(store.status())) return Aborted(StatusMessage(store.status()) + kBesideAServer);
  if (!store.ok()) return store.status();
  const SystemClock clock;
  Projection projection;
  Writer writer(**store, projection);
  Keys keys(**store, writer, clock);
  if (const absl::Status loaded = keys.Load(); !loaded.ok()) return loaded;
  if (replace) {
    if (const absl::Status revoked = RevokeAdmins(keys); !revoked.ok()) return revoked;
  } else if (keys.HasAdmin()) {
    return FailedPrecondition(kRefusal);
  }
  return keys.Create({.name = "admin", .scopes = {Scope::kAdmin}, .tenant = {}, .expires_at = std::nullopt}, kActor);
}

}  // namespace

int RunInit(const std::vector<std::string>& arguments, const Environment& environment, std::ostream& out,
            std::ostream& err) {
  CLI::App app("Makes the first API key of a store, with the scope admin, and prints it. Run it before the server.",
               "usherd init");
  std::string store;
  std::string config;
  bool replace = false;
  app.add_option("--store", store, "Where keys are kept. Default sqlite:usher.db; also USHER_STORE")
      ->type_name("sqlite:PATH");
  app.add_option("--config", config, "The server's file of settings, which may name the store; also USHER_CONFIG")
      ->type_name("FILE");
  app.add_flag("--replace", replace, "The admin key is lost: revoke every admin key and make a new one");
  try {  // CLI11 reports by throwing
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    err << "usherd init: " << error.what() << "\nSee usherd init --help.\n";
    return 2;
  }
  std::vector<std::string> given;
  if (!store.empty()) given.push_back("--store=" + store);
  if (!config.empty()) given.push_back("--config=" + config);
  Problems problems;
  store = ReadStoreName(given, environment, problems);
  for (const std::string& problem : problems) err << "usherd init: " << problem << "\n";
  if (!problems.empty()) return 2;
  const absl::StatusOr<NewKey> made = MakeAdminKey(store, replace);
  if (!made.ok()) {
    err << "usherd init: " << StatusMessage(made.status()) << "\n";
    return 1;
  }
  out << made->secret.Reveal() << "\n";
  err << kAfterwards;
  return 0;
}

}  // namespace usher
