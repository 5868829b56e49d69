#include "tests/durability/served_store.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "tests/durability/webhooks.h"

namespace usher {

std::uint16_t PortIn(const std::string& ready_line, const std::string& name) {
  const std::string member = "\"" + name + "\":";
  const std::size_t at = ready_line.find(member);
  if (at == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::atoi(ready_line.c_str() + at + member.size()));
}

std::vector<std::string> ServedStore::Arguments() const {
  return {"--insecure-dev", "--catalog",   kWebhookCatalog, "--store",    "sqlite:" + path(),
          "--grpc",         "127.0.0.1:0", "--http",        "127.0.0.1:0"};
}

void ServedStore::Start(const std::string& failpoint) {
  const auto begun = std::chrono::steady_clock::now();
  std::map<std::string, std::string> environment = {{"USHER_STRIPE_WEBHOOK_SECRET", kWebhookSecretText}};
  if (!failpoint.empty()) environment["USHER_FAILPOINT"] = failpoint;
  process_ =
      std::make_unique<ChildProcess>(failpoint.empty() ? "usherd" : "usherd_failpoints", Arguments(), environment);
  const std::string ready = process_->WaitForLine("\"message\":\"ready\"").value_or("");
  if (ready.empty()) throw std::runtime_error("usherd did not become ready:\n" + process_->errors());
  grpc_port_ = PortIn(ready, "grpc_port");
  http_port_ = PortIn(ready, "http_port");
  start_time_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
}

PayloadSeal ServedStore::payload_seal() const {
  std::ostringstream text;
  text << std::ifstream(path() + ".key").rdbuf();
  return PayloadSeal::FromText(text.str()).value();
}

bool ServedStore::WaitForKill() { return process_->WaitForEnd() == -SIGKILL; }

}  // namespace usher
