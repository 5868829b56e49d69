// `usher` and `usher-relay` before a server that asks for keys and speaks TLS.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/api_key.h"
#include "server/integrations/stripe/signature.h"
#include "tests/integration/callers/caller.h"
#include "tests/support/certificates.h"
#include "tests/support/http_client.h"
#include "tests/support/run_program.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

class ProgramsTest : public testing::Test {
 protected:
  ProgramsTest() {
    Put(authority_.Issue("usherd"));
    Write("ca.pem", authority_.pem());
  }

  void Put(const Identity& identity) {
    Write("cert.pem", identity.certificate_pem);
    Write("key.pem", identity.key_pem);
  }

  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_.File(name)) << text; }

  void Start(bool tls) {
    ServerSetup setup{.keys = true};
    if (tls) setup.more_arguments = {"--tls-cert", folder_.File("cert.pem"), "--tls-key", folder_.File("key.pem")};
    server_ = std::make_unique<RunningServer>(setup);
    Write("admin", server_->admin_key() + "\n");
  }

  Ended Usher(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment) {
    arguments.insert(arguments.end(), {"--server", server_->grpc_address()});
    return RunProgram("usher", arguments, environment);
  }
  Ended AsAdmin(const std::vector<std::string>& arguments) {
    return Usher(arguments, {{"USHER_API_KEY_FILE", folder_.File("admin")}});
  }

  // A relay before the server.
  std::unique_ptr<ChildProcess> StartRelay(const std::vector<std::string>& more,
                                           const std::map<std::string, std::string>& environment) {
    std::vector<std::string> arguments = {"--listen", "127.0.0.1:0", "--server", server_->grpc_address()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<ChildProcess>("usher-relay", arguments, environment);
  }
  // The port of a relay that has just been started; 0 when it did not start.
  static std::uint16_t PortOf(ChildProcess& relay) {
    const std::string ready = relay.WaitForLine("\"message\":\"ready\"").value_or("");
    const std::size_t at = ready.find("\"http_port\":");
    return at == std::string::npos ? 0 : static_cast<std::uint16_t>(std::atoi(ready.c_str() + at + 12));
  }

  // What the relay answers to a webhook that decides nothing.
  HttpReply Relay(const std::vector<std::string>& more, const std::map<std::string, std::string>& environment) {
    const auto relay = StartRelay(more, environment);
    const std::uint16_t port = PortOf(*relay);
    if (port == 0) return {};
    const std::string body = R"({"id":"evt_1","object":"event","type":"ping","livemode":false,"created":1,)"
                             R"("data":{"object":{"object":"ping"}}})";
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    return HttpCall(port, "POST", "/webhooks/stripe", body,
                    {{"Stripe-Signature", stripe::SignatureHeader(Secret(kTestWebhookSecret), now.count(), body)}});
  }

  const TemporaryFolder folder_;
  const Authority authority_{"authority"};
  std::unique_ptr<RunningServer> server_;
};

TEST_F(ProgramsTest, ARelayIsReadyOnlyWithAKeyForIngest) {
  Start(false);
  const auto ready = [&](const std::map<std::string, std::string>& environment) {
    const auto relay = StartRelay({}, environment);
    const HttpReply reply = HttpCall(PortOf(*relay), "GET", "/readyz");
    const bool said_so = reply.status == 200 || relay->WaitForLine("webhooks do not get through").has_value();
    EXPECT_TRUE(said_so) << "nobody may look at /readyz";
    return reply;
  };
  const HttpReply without = ready({});
  EXPECT_EQ(without.status, 503);
  EXPECT_THAT(without.body, HasSubstr("CREDENTIALS_MISSING"));
  const HttpReply weak = ready({{"USHER_API_KEY", MakeKey(*server_, {Scope::kCheck}).secret()}});
  EXPECT_EQ(weak.status, 503);
  EXPECT_THAT(weak.body, HasSubstr("it needs the scope ingest"));
  const HttpReply bound = ready({{"USHER_API_KEY", MakeKey(*server_, {Scope::kIngest}, "acme").secret()}});
  EXPECT_EQ(bound.status, 503) << "webhooks concern every tenant";
  EXPECT_EQ(ready({{"USHER_API_KEY", MakeKey(*server_, {Scope::kIngest}).secret()}}).status, 200);
}

TEST_F(ProgramsTest, ARelayThatIsToldToStopTwiceEndsAtOnce) {
  Start(false);
  const auto relay = StartRelay({}, {});
  HttpConnection half(PortOf(*relay));
  ASSERT_TRUE(
      half.Send("POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"));
  EXPECT_EQ(half.Read().status, 100);
  relay->Signal(SIGHUP);  // a terminal that closes
  EXPECT_TRUE(relay->WaitForLine("\"message\":\"stopping\"").has_value());
  relay->Signal(SIGTERM);
  EXPECT_EQ(relay->WaitForExit(), 128 + SIGTERM) << "or it would wait for the rest of the body";
}

TEST_F(ProgramsTest, KeysAreMadeListedAndRevoked) {
  Start(false);
  const Ended made = AsAdmin({"keys", "create", "ci", "--scope", "check,ingest", "--tenant", "acme"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string key = made.out.substr(0, made.out.find('\n'));
  EXPECT_TRUE(IsWellFormedApiKey(key)) << made.out;
  EXPECT_THAT(made.err, HasSubstr("check, ingest, only tenant acme"));
  EXPECT_THAT(made.err, Not(HasSubstr(key)));
  const std::string id = made.err.substr(0, made.err.find(' '));

  const Ended listed = AsAdmin({"keys", "list"});
  EXPECT_THAT(listed.out, HasSubstr(id));
  EXPECT_THAT(listed.out, HasSubstr("check, ingest"));
  EXPECT_THAT(listed.out, Not(HasSubstr("usk_")));

  EXPECT_EQ(Usher({"check", "acme", "sso"}, {{"USHER_API_KEY", key}}).exit_code, 1);  // an answer: denied
  EXPECT_EQ(Usher({"check", "other", "sso"}, {{"USHER_API_KEY", key}}).exit_code, 2);
  EXPECT_EQ(AsAdmin({"keys", "revoke", id}).out, id + " (ci) is revoked\n");
  const Ended refused = Usher({"check", "acme", "sso"}, {{"USHER_API_KEY", key}});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("was revoked"));
  EXPECT_THAT(AsAdmin({"keys", "list"}).out, HasSubstr("revoked "));
}

TEST_F(ProgramsTest, WithoutAKeyTheServersSentenceIsTold) {
  Start(false);
  const Ended refused = Usher({"check", "acme", "sso"}, {});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("asks for an API key"));
  EXPECT_EQ(AsAdmin({"keys", "create", "x", "--scope", "everything"}).exit_code, 2);
}

TEST_F(ProgramsTest, TheServersCertificateIsVerified) {
  Start(true);
  EXPECT_EQ(AsAdmin({"check", "acme", "sso", "--tls-ca", folder_.File("ca.pem")}).exit_code, 1);
  const Authority stranger("stranger");
  Write("stranger.pem", stranger.pem());
  EXPECT_EQ(AsAdmin({"check", "acme", "sso", "--tls-ca", folder_.File("stranger.pem")}).exit_code, 2);
  EXPECT_EQ(AsAdmin({"check", "acme", "sso"}).exit_code, 2);  // loopback without a scheme is plaintext
}

// What a user reads: one line, and nothing that gRPC says by itself.
void ExpectTold(const Ended& ended, const std::string& part) {
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr(part));
  EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
}

TEST_F(ProgramsTest, WhatIsWrongWithTlsIsToldApart) {
  const std::string ca = folder_.File("ca.pem");
  Start(false);
  ExpectTold(Usher({"check", "acme", "sso", "--tls-ca", ca}, {}), "speaks no TLS, and TLS was expected");
  Start(true);
  ExpectTold(Usher({"check", "acme", "sso"}, {}), "if it speaks TLS, put https:// before the address");
  Write("stranger.pem", Authority("stranger").pem());
  ExpectTold(Usher({"check", "acme", "sso", "--tls-ca", folder_.File("stranger.pem")}, {}), "is not trusted");
  ExpectTold(Usher({"check", "acme", "sso", "--tls-ca", folder_.File("key.pem")}, {}), "cannot be used: expected PEM");
  Put(authority_.Issue("usherd", {.hosts = "DNS:elsewhere.example"}));
  Start(true);
  ExpectTold(Usher({"check", "acme", "sso", "--tls-ca", ca}, {}), "one of other hosts");
  Put(authority_.Issue("usherd", {.ends_in_s = -3600}));
  Start(true);
  ExpectTold(Usher({"check", "acme", "sso", "--tls-ca", ca}, {}), "it has expired");
}

TEST_F(ProgramsTest, GrpcSpeaksWhenItIsAskedTo) {
  const Ended quiet = RunProgram("usher", {"check", "acme", "sso", "--server", "127.0.0.1:1"});
  EXPECT_THAT(quiet.err, Not(HasSubstr(".cc:")));
  const Ended asked =
      RunProgram("usher", {"check", "acme", "sso", "--server", "127.0.0.1:1"}, {{"GRPC_VERBOSITY", "debug"}});
  EXPECT_THAT(asked.err, HasSubstr(".cc:"));
}

TEST_F(ProgramsTest, TheRelayShowsItsKeyOverTls) {
  Start(true);
  const std::vector<std::string> tls = {"--tls-ca", folder_.File("ca.pem")};
  Write("ingest", AsAdmin({"keys", "create", "relay", "--scope", "ingest", "--tls-ca", folder_.File("ca.pem")}).out);
  const HttpReply taken = Relay(tls, {{"USHER_API_KEY_FILE", folder_.File("ingest")}});
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_THAT(taken.body, HasSubstr("IGNORED"));
}

TEST_F(ProgramsTest, ARelayThatMayNotIngestAcknowledgesNothing) {
  Start(false);
  const std::string check_key = MakeKey(*server_, {Scope::kCheck}).secret();
  for (const std::map<std::string, std::string>& environment :
       {std::map<std::string, std::string>{}, std::map<std::string, std::string>{{"USHER_API_KEY", check_key}}}) {
    const HttpReply refused = Relay({}, environment);
    EXPECT_EQ(refused.status, 502) << refused.body;
  }
  EXPECT_EQ(Relay({}, {{"USHER_API_KEY", MakeKey(*server_, {Scope::kIngest}).secret()}}).status, 200);
}

}  // namespace
}  // namespace usher
