#include <gtest/gtest.h>

#include "clients/relay/options.h"

namespace usher {
namespace {

RelayOptionsOutcome Read(const std::vector<std::string>& arguments) {
  return ReadRelayOptions(arguments, [](const std::string&) { return std::nullopt; });
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

TEST(RelayOptions, AnUnknownFlagIsRefused) { EXPECT_EQ(2, Read({"--verify"}).exit_code); }

}  // namespace
}  // namespace usher
