#include "tests/support/running_server.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/kept_logs.h"
#include "tests/support/run_program.h"

namespace usher {
namespace {

std::uint16_t PortIn(const std::string& line, const std::string& name) {
  const std::string member = "\"" + name + "\":";
  const std::size_t at = line.find(member);
  if (at == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::atoi(line.c_str() + at + member.size()));
}

}  // namespace

const char kTestCatalog[] = R"(apiVersion: usher/v1
catalog: test-shop
groups:
  core: { default_plan: free@1 }
features:
  sso:       { type: boolean }
  projects:  { type: limit, unit: project, merge: max }
  api_calls: { type: metered, unit: call, merge: sum }
  support:   { type: level, levels: [community, priority] }
  regions:   { type: set, values: [eu, us] }
plans:
  free@1:
    title: Free
    group: core
    entitlements: { projects: 1, support: community }
    member_roles: { owner: viewer, member: viewer }
  pro@1:
    title: Pro
    group: core
    includes: free@1
    entitlements: { sso: true, projects: 10, api_calls: { included: 100, cap: 200 }, support: priority, regions: [eu] }
    member_roles: { owner: admin, member: worker }
prices:
  live: { price_live_pro: { plan: pro@1 } }
  test: { price_pro: { plan: pro@1 }, price_once: { plan: pro@1, interval: once, grants_for: 1mo } }
member_kinds: { owner: {}, member: {} }
roles:
  viewer: { permissions: [project.read] }
  worker: { permissions: [project.read, project.write] }
  admin:  { permissions: [project.read, project.write, sso.configure] }
permissions: { project.read: {}, project.write: {}, sso.configure: { requires: sso } }
)";

std::vector<std::string> ServerArguments(const TemporaryFolder& folder) {
  std::ofstream(folder.File("plans.yaml")) << kTestCatalog;
  return {"--insecure-dev",
          "--catalog",
          folder.File("plans.yaml"),
          "--store",
          "sqlite:" + folder.File("usher.db"),
          "--grpc",
          "127.0.0.1:0",
          "--http",
          "127.0.0.1:0"};
}

RunningServer::RunningServer(const std::map<std::string, std::string>& more_environment,
                             const std::vector<std::string>& more_arguments)
    : RunningServer(ServerSetup{.more_arguments = more_arguments, .more_environment = more_environment}) {}

RunningServer::RunningServer(const ServerSetup& setup) : setup_(setup), environment_(setup.more_environment) {
  environment_.try_emplace("USHER_STRIPE_WEBHOOK_SECRET", kTestWebhookSecret);
  NotePlanted("kCanaryWebhookSecret");
  std::ofstream(folder_.File("payload.key")) << kCanaryPayloadKey << "\n";
  environment_.try_emplace("USHER_PAYLOAD_KEY", folder_.File("payload.key"));
  NotePlanted("kCanaryPayloadKey");
  if (setup.keys) {
    const Ended init = RunProgram("usherd", {"init", "--store", store()});
    if (init.exit_code != 0) throw std::runtime_error("usherd init: " + init.err);
    admin_key_ = init.out.substr(0, init.out.find('\n'));
  }
  Start();
}

void RunningServer::Start() {
  std::vector<std::string> arguments = ServerArguments(folder_);
  if (setup_.keys) {
    std::erase(arguments, "--insecure-dev");
    arguments.emplace_back("--stop-delay=0s");  // nobody balances load here
  }
  arguments.insert(arguments.end(), setup_.more_arguments.begin(), setup_.more_arguments.end());
  process_ = std::make_unique<ChildProcess>("usherd", arguments, environment_);
  const std::string ready = process_->WaitForLine("\"message\":\"ready\"").value_or("");
  grpc_port_ = PortIn(ready, "grpc_port");
  http_port_ = PortIn(ready, "http_port");
  if (ready.empty()) throw std::runtime_error("usherd did not become ready:\n" + process_->errors());
}

int RunningServer::Restart(const std::function<void()>& meanwhile) {
  process_->Signal(SIGTERM);
  const int exit_code = process_->WaitForExit();
  meanwhile();
  Start();
  return exit_code;
}

}  // namespace usher
