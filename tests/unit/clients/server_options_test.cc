#include "clients/channel/server_options.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/base/api_key.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Said {
  std::string server = std::string(kDefaultServer);
  std::string tls_ca = {};
  std::string tls_cert = {};
};

// The options, or the first problem.
absl::StatusOr<ServerOptions> Read(const Said& said, const Environment& variables = {}) {
  const auto key_file = variables.find("USHER_API_KEY_FILE");
  Problems problems;
  ServerOptions options = ReadServerOptions(
      {.server = {.text = said.server, .source = "--server"},
       .tls_ca = {.text = said.tls_ca, .source = "--tls-ca"},
       .tls_cert = {.text = said.tls_cert, .source = "--tls-cert"},
       .tls_key = {.text = "", .source = "--tls-key"},
       .api_key_file = {.text = key_file == variables.end() ? "" : key_file->second, .source = "USHER_API_KEY_FILE"}},
      variables, problems);
  if (!problems.empty()) return InvalidArgument(problems.front());
  return options;
}

struct AddressCase {
  const char* server;
  const char* address;
  bool tls;
};

TEST(ServerOptionsTest, TlsIsForOtherMachinesUnlessTheSchemeSaysOtherwise) {
  const AddressCase cases[] = {
      // server                        address                tls
      {"127.0.0.1:7480", "127.0.0.1:7480", false},
      {"localhost:7480", "localhost:7480", false},
      {"[::1]:7480", "[::1]:7480", false},
      {"10.0.0.1:7480", "10.0.0.1:7480", true},
      {"usher.internal:7480", "usher.internal:7480", true},
      {"localhost.evil.example:7480", "localhost.evil.example:7480", true},
      {"http://usher.internal:7480", "usher.internal:7480", false},
      {"https://127.0.0.1:7480", "127.0.0.1:7480", true},
      {"https://usher.internal:443", "usher.internal:443", true},
  };
  for (const AddressCase& row : cases) {
    const auto options = Read({.server = row.server});
    ASSERT_TRUE(options.ok()) << row.server << options.status();
    EXPECT_EQ(options->address, row.address);
    EXPECT_EQ(options->tls, row.tls) << row.server;
  }
}

TEST(ServerOptionsTest, AnAuthorityMeansTls) {
  const TemporaryFolder folder;
  std::ofstream(folder.File("ca.pem")) << "-----BEGIN CERTIFICATE-----\n";
  const auto options = Read({.tls_ca = folder.File("ca.pem")});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->tls);
  EXPECT_EQ(options->ca_pem, "-----BEGIN CERTIFICATE-----\n");
}

TEST(ServerOptionsTest, WhatIsWrongIsNamed) {
  const TemporaryFolder folder;
  std::ofstream(folder.File("text")) << "hello\n";
  const auto problem = [](const Said& said) { return StatusMessage(Read(said).status()); };
  EXPECT_THAT(problem({.server = "here"}), HasSubstr("--server: \"here\" is no server address"));
  EXPECT_THAT(problem({.server = "https://here"}), HasSubstr("--server"));
  EXPECT_THAT(problem({.tls_ca = "/nonexistent"}), HasSubstr("--tls-ca: cannot read /nonexistent"));
  EXPECT_THAT(problem({.tls_ca = folder.File("text")}), HasSubstr("is no PEM file"));
  EXPECT_THAT(problem({.tls_cert = "c.pem"}), HasSubstr("give both"));
  EXPECT_THAT(problem({.server = "http://a:1", .tls_ca = folder.File("text")}), HasSubstr("http:// is plaintext"));
}

TEST(ServerOptionsTest, TheKeyStandsInTheEnvironmentOrInAFile) {
  const TemporaryFolder folder;
  const std::string key = MakeApiKey().Reveal();
  std::ofstream(folder.File("key")) << key << "\n";
  EXPECT_FALSE(Read({})->api_key);
  EXPECT_FALSE(Read({}, {{"USHER_API_KEY_FILE", ""}})->api_key) << "a variable that is set to nothing says nothing";
  EXPECT_EQ(Read({}, {{"USHER_API_KEY", key}})->api_key->Reveal(), key);
  EXPECT_EQ(Read({}, {{"USHER_API_KEY_FILE", folder.File("key")}})->api_key->Reveal(), key);
}

TEST(ServerOptionsTest, AWrongKeyIsNoticedBeforeItIsSentAndNotPrinted) {
  std::string mistyped = MakeApiKey().Reveal();
  mistyped.back() = mistyped.back() == 'a' ? 'b' : 'a';
  for (const std::string& key : {mistyped, std::string("hunter2"), std::string()}) {
    const std::string problem = StatusMessage(Read({}, {{"USHER_API_KEY", key}}).status());
    EXPECT_THAT(problem, HasSubstr("USHER_API_KEY: this is no API key, or it is mistyped"));
    EXPECT_THAT(problem, Not(HasSubstr(key.empty() ? "\n" : key)));
  }
  EXPECT_THAT(StatusMessage(Read({}, {{"USHER_API_KEY", mistyped}, {"USHER_API_KEY_FILE", "x"}}).status()),
              HasSubstr("not both"));
  EXPECT_THAT(StatusMessage(Read({}, {{"USHER_API_KEY_FILE", "/nonexistent"}}).status()),
              HasSubstr("USHER_API_KEY_FILE: cannot read /nonexistent"));
}

}  // namespace
}  // namespace usher
