#include "server/base/environment.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

#include "server/base/near_miss.h"

namespace usher {
namespace {

constexpr std::string_view kPrefix = "USHER_";

constexpr std::string_view kVariables[] = {
    // usherd
    "USHER_CATALOG",
    "USHER_CLERK_SECRET_KEY_FILE",
    "USHER_CLERK_URL",
    "USHER_CONFIG",
    "USHER_EVENT_RETENTION",
    "USHER_GRPC",
    "USHER_HTTP",
    "USHER_INSECURE_DEV",
    "USHER_PAYLOAD_KEY",
    "USHER_PLAINTEXT",
    "USHER_REFLECTION",
    "USHER_STOP_DELAY",
    "USHER_STOP_DRAIN",
    "USHER_STORE",
    "USHER_STRIPE_LIVEMODE",
    "USHER_STRIPE_WEBHOOK_SECRET",
    "USHER_STRIPE_WEBHOOK_SECRET_FILE",
    "USHER_TEST_CLOCK",
    "USHER_TLS_CERT",
    "USHER_TLS_CLIENT_CA",
    "USHER_TLS_KEY",
    // usher and usher-relay besides
    "USHER_API_KEY",
    "USHER_API_KEY_FILE",
    "USHER_LISTEN",
    "USHER_SERVER",
    "USHER_TLS_CA",
    // ./dev and the tests
    "USHER_BIN_DIR",
    "USHER_DEEP",
    "USHER_RECORDED_EVENTS",
    "USHER_TEST_LOGS",
};

// USHER_SERVICE_HOST, USHER_SERVICE_PORT_GRPC, USHER_PORT, USHER_PORT_7480_TCP_ADDR, USHER_RELAY_PORT and so on.
bool IsOfKubernetes(std::string_view name) {
  return name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos ||
         name.ends_with("_PORT") || name.find("_PORT_") != std::string_view::npos;
}

}  // namespace

Environment ProcessEnvironment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::vector<std::string> UnknownVariables(const Environment& environment) {
  const std::vector<std::string> known(std::begin(kVariables), std::end(kVariables));
  std::vector<std::string> sentences;
  for (const auto& [name, value] : environment) {
    if (value.empty() || std::ranges::find(kVariables, name) != std::end(kVariables) || IsOfKubernetes(name)) continue;
    const std::optional<std::string> near = NearMiss(name, known);
    sentences.push_back(name + ": there is no such variable" + (near ? "; did you mean " + *near + "?" : ""));
  }
  return sentences;
}

}  // namespace usher
