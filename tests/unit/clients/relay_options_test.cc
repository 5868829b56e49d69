#include <gtest/gtest.h>

#include "clients/relay/options.h"

namespace usher {
namespace {

TEST(RelayOptions, DefaultsAreTheDocumentedPorts) {
  const RelayOptionsOutcome outcome = ReadRelayOptions({});
  ASSERT_TRUE(outcome.options) << outcome.text;
  EXPECT_EQ("127.0.0.1:7482", outcome.options->listen.ToString());
  EXPECT_EQ("127.0.0.1:7480", outcome.options->server);
}

TEST(RelayOptions, FlagsAreTaken) {
  const RelayOptionsOutcome outcome = ReadRelayOptions({"--listen", "[::1]:0", "--server", "usher.internal:7480"});
  ASSERT_TRUE(outcome.options) << outcome.text;
  EXPECT_EQ("[::1]:0", outcome.options->listen.ToString());
  EXPECT_EQ("usher.internal:7480", outcome.options->server);
}

TEST(RelayOptions, HelpIsNoError) {
  const RelayOptionsOutcome outcome = ReadRelayOptions({"--help"});
  EXPECT_FALSE(outcome.options);
  EXPECT_EQ(0, outcome.exit_code);
  EXPECT_NE(std::string::npos, outcome.text.find("--listen"));
}

TEST(RelayOptions, EveryWrongAddressIsNamed) {
  const RelayOptionsOutcome outcome = ReadRelayOptions({"--listen", "here", "--server", "there"});
  EXPECT_FALSE(outcome.options);
  EXPECT_EQ(2, outcome.exit_code);
  EXPECT_NE(std::string::npos, outcome.text.find("\"here\"")) << outcome.text;
  EXPECT_NE(std::string::npos, outcome.text.find("\"there\"")) << outcome.text;
}

TEST(RelayOptions, AnUnknownFlagIsRefused) { EXPECT_EQ(2, ReadRelayOptions({"--verify"}).exit_code); }

}  // namespace
}  // namespace usher
