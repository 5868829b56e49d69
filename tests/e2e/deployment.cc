#include "tests/e2e/deployment.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <google/protobuf/util/json_util.h>

#include "server/integrations/stripe/signature.h"
#include "tests/support/kept_logs.h"
#include "usher/v1/entitlement.pb.h"

namespace usher {
namespace {

constexpr std::chrono::seconds kPatience{30};

std::string Loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

std::uint16_t PortIn(const std::string& line, const std::string& name) {
  const std::string member = "\"" + name + "\":";
  const std::size_t at = line.find(member);
  if (at == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::atoi(line.c_str() + at + member.size()));
}

std::string ReadyLine(ChildProcess& program) {
  const std::optional<std::string> line = program.WaitForLine("\"message\":\"ready\"");
  if (!line) throw std::runtime_error("a server did not become ready:\n" + program.errors());
  return *line;
}

}  // namespace

Deployment::Deployment(const std::string& catalog) : catalog_(catalog) {
  std::ofstream(folder_.File("secret")) << secret_.Reveal() << "\n";
  std::ofstream(folder_.File("clerk")) << "sk_test_end_to_end\n";
  NotePlanted("kCanaryWebhookSecret");
  StartServer();
  relay_ = std::make_unique<ChildProcess>(
      "usher-relay", std::vector<std::string>{"--listen", Loopback(0), "--server", Loopback(grpc_port_)});
  relay_port_ = PortIn(ReadyLine(*relay_), "http_port");
}

void Deployment::StartServer() {
  const std::vector<std::string> arguments = {"--insecure-dev",
                                              "--catalog",
                                              catalog_,
                                              "--store",
                                              "sqlite:" + folder_.File("usher.db"),
                                              "--grpc",
                                              Loopback(grpc_port_),
                                              "--http",
                                              Loopback(http_port_),
                                              "--clerk-url",
                                              clerk_.url(),
                                              "--clerk-secret-key-file",
                                              folder_.File("clerk")};
  server_ = std::make_unique<ChildProcess>(
      "usherd", arguments,
      std::map<std::string, std::string>{{"USHER_STRIPE_WEBHOOK_SECRET_FILE", folder_.File("secret")}});
  const std::string ready = ReadyLine(*server_);
  grpc_port_ = PortIn(ready, "grpc_port");
  http_port_ = PortIn(ready, "http_port");
}

HttpReply Deployment::Deliver(const StoryEvent& event, const Secret& secret) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch();
  const std::string signature = stripe::SignatureHeader(secret, now.count(), event.body);
  return HttpCall(relay_port_, "POST", "/webhooks/stripe", event.body, {{"Stripe-Signature", signature}});
}

HttpReply Deployment::DeliverUntilTaken(const StoryEvent& event) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  HttpReply reply = Deliver(event);
  while (reply.status == 503 && std::chrono::steady_clock::now() < deadline) reply = Deliver(event);
  return reply;
}

Ended Deployment::Usher(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--server", Loopback(grpc_port_)});
  return RunProgram("usher", arguments);
}

Ended Deployment::Story() const {
  return Usher({"story", "--relay", "http://" + Loopback(relay_port_), "--secret-file", folder_.File("secret"),
                "--clerk-url", clerk_.url(), "--clerk-secret-key-file", folder_.File("clerk")});
}

std::string Deployment::Timeline(const std::string& tenant) const {
  v1::GetTimelineResponse timeline;
  const Ended ended = Usher({"timeline", tenant, "--format", "json"});
  if (!google::protobuf::util::JsonStringToMessage(ended.out, &timeline).ok()) return ended.err;
  timeline.clear_evaluated_at();
  timeline.clear_revision();
  return timeline.DebugString();
}

}  // namespace usher
