#include <fstream>
#include <regex>

#include <gtest/gtest.h>

#include "clients/relay/options.h"
#include "server/app/config.h"
#include "server/base/api_key.h"
#include "server/base/version.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

RelayOptionsOutcome Read(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  return ReadRelayOptions(arguments, environment);
}

TEST(RelayOptions, DefaultsAreTheDocumentedPorts) {
  const RelayOptionsOutcome outcome = Read({});
  ASSERT_TRUE(outcome.options) << outcome.text;
  EXPECT_EQ("127.0.0.1:7482", outcome.options->listen.ToString());
  EXPECT_EQ("127.0.0.1:7480", outcome.options->server.address);
}

TEST(RelayOptions, FlagsAreTaken) {
  const RelayOptionsOutcome outcome = Read({"--listen", "[::1]:0", "--server", "usher.internal:7480"});
  ASSERT_TRUE(outcome.options) << outcome.text;
  EXPECT_EQ("[::1]:0", outcome.options->listen.ToString());
  EXPECT_EQ("usher.internal:7480", outcome.options->server.address);
}

TEST(RelayOptions, HelpIsNoError) {
  const RelayOptionsOutcome outcome = Read({"--help"});
  EXPECT_FALSE(outcome.options);
  EXPECT_EQ(0, outcome.exit_code);
  EXPECT_NE(std::string::npos, outcome.text.find("--listen"));
}

TEST(RelayOptions, EveryWrongAddressIsNamed) {
  const RelayOptionsOutcome outcome = Read({"--listen", "here", "--server", "there"});
  EXPECT_FALSE(outcome.options);
  EXPECT_EQ(2, outcome.exit_code);
  EXPECT_NE(std::string::npos, outcome.text.find("\"here\"")) << outcome.text;
  EXPECT_NE(std::string::npos, outcome.text.find("\"there\"")) << outcome.text;
}

TEST(RelayOptions, AFlagOutranksTheEnvironmentAndThatTheFile) {
  const TemporaryFolder folder;
  const std::string key = MakeApiKey().Reveal();
  std::ofstream(folder.File("key")) << key << "\n";
  const std::string file = folder.File("relay.conf");
  std::ofstream(file) << "listen = 127.0.0.1:1  # webhooks\nserver = 127.0.0.1:2\napi-key-file = " << folder.File("key")
                      << "\n";
  const RelayOptionsOutcome outcome =
      Read({"--server", "127.0.0.1:4"}, {{"USHER_CONFIG", file}, {"USHER_LISTEN", "127.0.0.1:3"}});
  ASSERT_TRUE(outcome.options) << outcome.text;
  EXPECT_EQ("127.0.0.1:3", outcome.options->listen.ToString());
  EXPECT_EQ("127.0.0.1:4", outcome.options->server.address);
  EXPECT_EQ(key, outcome.options->server.api_key.value_or(Secret("")).Reveal());
  EXPECT_EQ("127.0.0.1:1", Read({"--config", file}).options->listen.ToString());
}

TEST(RelayOptions, EveryProblemOfAllThreePlacesIsNamedAtOnce) {
  const TemporaryFolder folder;
  const std::string file = folder.File("relay.conf");
  std::ofstream(file) << "listne = 127.0.0.1:1\ntls-ca = /nonexistent.pem\n";
  const RelayOptionsOutcome outcome = Read({"--config", file, "--server", "there", "--tls-cert", "c.pem"},
                                           {{"USHER_LISTEN", "here"}, {"USHER_API_KEY_FILE", "/nonexistent.key"}});
  EXPECT_EQ(2, outcome.exit_code);
  EXPECT_EQ(
      "usher-relay cannot start:\n  " + file +
          ":1: listne: there is no such setting; did you mean listen?\n"
          "  USHER_LISTEN: \"here\" is no address: expected HOST:PORT with a numeric host, such as 127.0.0.1:7480, "
          "[::1]:7480 or localhost:7480\n"
          "  --server: \"there\" is no server address: expected HOST:PORT, such as 127.0.0.1:7480\n"
          "  --tls-cert and --tls-key: one is of no use without the other; give both\n  " +
          file +
          ":2: tls-ca: cannot read /nonexistent.pem\n"
          "  --tls-cert: cannot read c.pem\n"
          "  USHER_API_KEY_FILE: cannot read /nonexistent.key\n"
          "See usher-relay --help.\n",
      outcome.text);
}

TEST(RelayOptions, TheVersionIsToldInsteadOfAStart) {
  const RelayOptionsOutcome outcome = Read({"--version"});
  EXPECT_EQ(0, outcome.exit_code);
  EXPECT_EQ("usher-relay " + std::string(Version()) + "\n", outcome.text);
}

// One environment may serve all programs.
TEST(RelayOptions, EveryVariableOfEitherProgramIsKnownToBoth) {
  const std::string help = ReadConfig({"--help"}, {}).text + Read({"--help"}).text;
  const std::regex variable("USHER_[A-Z_]+");
  int count = 0;
  for (std::sregex_iterator it(help.begin(), help.end(), variable), end; it != end; ++it, ++count) {
    EXPECT_TRUE(UnknownVariables({{it->str(), "x"}}).empty()) << it->str();
  }
  EXPECT_GT(count, 25);
}

TEST(RelayOptions, AnUnknownFlagIsRefused) { EXPECT_EQ(2, Read({"--verify"}).exit_code); }

}  // namespace
}  // namespace usher
