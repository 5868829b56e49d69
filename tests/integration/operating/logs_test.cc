// Secrets and personal data on every path that may log; tools/check_logs.py searches what these and all other tests
// make the programs say.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/signature.h"
#include "tests/integration/rpc_fixture.h"
#include "tests/support/canaries.h"
#include "tests/support/http_client.h"
#include "tests/support/kept_logs.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kCanaries[] = {kCanaryWebhookSecret, kCanaryPayloadKey, kCanaryClerkKey, kCanaryAuthorization,
                                     kCanaryEmail,         kCanaryPersonName, kCanaryCard};

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part);
  return text;
}

// An event that says what nobody expects of it, so that it parks, and in which personal data is everywhere.
std::string StrangeEvent() {
  const std::string person = Join(
      {R"({"email":")", kCanaryEmail, R"(","name":")", kCanaryPersonName, R"(","number":")", kCanaryCard, R"("})"});
  return Join({R"({"id":"evt_canary","object":"event","type":"invoice.paid","livemode":false,"created":1,)",
               R"("data":{"object":{"id":)", person, R"(,"object":"invoice","customer":)", person, R"(,"lines":)",
               person, "}}}"});
}

void ExpectNoCanary(const std::string& log) {
  for (const char* canary : kCanaries) EXPECT_THAT(log, Not(HasSubstr(canary)));
}

HttpHeaders Signed(const std::string& body, const std::string& secret) {
  return {{"Content-Type", "application/json"},
          {"Authorization", Join({"Basic ", kCanaryAuthorization})},
          {"Stripe-Signature", stripe::SignatureHeader(Secret(secret), NowSeconds(), body)}};
}

TEST(LogsTest, WhatProgramsAreHandedIsNotWhatTheyLog) {
  for (const char* name : {"kCanaryAuthorization", "kCanaryEmail", "kCanaryPersonName", "kCanaryCard"})
    NotePlanted(name);
  RunningServer server;
  ChildProcess relay("usher-relay", {"--listen", "127.0.0.1:0", "--server", server.grpc_address()});
  const std::string ready = relay.WaitForLine("\"message\":\"ready\"").value_or("");
  const std::size_t at = ready.find("\"http_port\":");
  ASSERT_NE(at, std::string::npos) << relay.errors();
  const auto port = static_cast<std::uint16_t>(std::atoi(ready.c_str() + at + 12));

  const std::string body = StrangeEvent();
  EXPECT_EQ(HttpCall(port, "POST", "/webhooks/stripe", body, Signed(body, kCanaryWebhookSecret)).status, 200);
  EXPECT_EQ(HttpCall(port, "POST", "/webhooks/stripe", body, Signed(body, "another")).status, 400);
  EXPECT_EQ(HttpCall(port, "POST", "/webhooks/stripe", "{" + body, Signed(body, kCanaryWebhookSecret)).status, 400);
  // Malformed in every way, with what must not be repeated in it.
  for (const std::string& json : {body, Join({R"({"tenantId":")", kCanaryEmail, "\""}), std::string(kCanaryCard)}) {
    HttpCall(server.http_port(), "POST", "/usher.v1.EntitlementService/CheckEntitlement", json, Signed(json, "x"));
    HttpCall(server.grpc_port(), "POST", Join({"/", kCanaryEmail}), json, Signed(json, "x"));
  }
  EXPECT_THAT(HttpCall(server.http_port(), "GET", "/metrics").body, HasSubstr("usher_events_parked 1\n"));
  ExpectNoCanary(HttpCall(server.http_port(), "GET", "/metrics").body);
  for (ChildProcess* process : {&relay, &server.process()}) {
    process->Signal(SIGTERM);
    EXPECT_EQ(process->WaitForExit(), 0);
    EXPECT_THAT(process->errors(), HasSubstr("\"message\":\"ready\""));
    ExpectNoCanary(process->errors());
  }
}

TEST(LogsTest, AStartThatIsRefusedRepeatsNoSecret) {
  const TemporaryFolder folder;
  std::ofstream(folder.File("usher.conf")) << "stripe-webhook-secret = " << kCanaryWebhookSecret << "\n";
  std::ofstream(folder.File("secrets")) << kCanaryWebhookSecret << "\n\n" << kCanaryWebhookSecret << "\n";
  std::ofstream(folder.File("clerk")) << kCanaryClerkKey << "\n";
  NotePlanted("kCanaryClerkKey");
  std::ofstream(folder.File("key")) << kCanaryPayloadKey << "0\n";
  struct Start {
    std::vector<std::string> more;
    std::map<std::string, std::string> environment;
    std::string expected;
  };
  const Start starts[] = {
      {{"--config", folder.File("usher.conf")}, {}, "usher.conf:1: stripe-webhook-secret: there is no such setting"},
      {{Join({"--stripe-webhook-secret=", kCanaryWebhookSecret})}, {}, "--stripe-webhook-secret: there is no"},
      {{"--stripe-webhook-secret-file", folder.File("secrets")}, {}, "a webhook secret is empty"},
      {{}, {{"USHER_STRIPE_WEBHOOK_SECRET", Join({kCanaryWebhookSecret, ","})}}, "a webhook secret is empty"},
      {{"--clerk-secret-key-file", folder.File("clerk")}, {}, "holds a live key"},
      {{"--payload-key", folder.File("key")}, {}, "the payload key " + folder.File("key")},
  };
  for (const Start& start : starts) {
    std::vector<std::string> arguments = ServerArguments(folder);
    arguments.insert(arguments.end(), start.more.begin(), start.more.end());
    ChildProcess process("usherd", arguments, start.environment);
    EXPECT_GT(process.WaitForExit(), 0);
    EXPECT_THAT(process.errors(), HasSubstr(start.expected));
    ExpectNoCanary(process.errors());
  }
}

}  // namespace
}  // namespace usher
