#include "server/app/config.h"

#include <chrono>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string>;

ConfigOutcome Read(std::vector<std::string> arguments, const Variables& variables = {}) {
  return ReadConfig(arguments, [&variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

const std::vector<std::string> kEnough = {"--catalog", "plans.yaml", "--insecure-dev"};

TEST(ConfigTest, HasDefaults) {
  const ConfigOutcome outcome = Read(kEnough);
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->catalog, "plans.yaml");
  EXPECT_EQ(outcome.config->store, "sqlite:usher.db");
  EXPECT_EQ(outcome.config->grpc.ToString(), "127.0.0.1:7480");
  EXPECT_EQ(outcome.config->http.ToString(), "127.0.0.1:7481");
  EXPECT_FALSE(outcome.config->stripe_livemode);
  EXPECT_TRUE(outcome.config->stripe_webhook_secrets.empty());
}

TEST(ConfigTest, KeepsPayloadsForNinetyDaysUnderAKeyBesideTheStore) {
  const Config config = *Read(kEnough, {{"USHER_STORE", "sqlite:/x/usher.db"}}).config;
  EXPECT_EQ(config.event_retention, std::chrono::hours(90 * 24));
  EXPECT_EQ(config.payload_key, "/x/usher.db.key");
  EXPECT_TRUE(config.make_payload_key);
  EXPECT_FALSE(config.test_clock);
  std::vector<std::string> arguments = kEnough;
  arguments.insert(arguments.end(), {"--event-retention", "12h", "--payload-key", "/y/key", "--test-clock"});
  const Config other = *Read(arguments).config;
  EXPECT_EQ(other.event_retention, std::chrono::hours(12));
  EXPECT_EQ(other.payload_key, "/y/key");
  EXPECT_FALSE(other.make_payload_key) << "a name with a typing error must not make another key";
  EXPECT_TRUE(other.test_clock);
  EXPECT_TRUE(Read(kEnough, {{"USHER_TEST_CLOCK", "true"}}).config->test_clock);
}

TEST(ConfigTest, AFlagOutranksTheEnvironmentAndThatTheDefault) {
  const Variables variables = {
      {"USHER_STORE", "sqlite:env.db"}, {"USHER_HTTP", "127.0.0.2:1"}, {"USHER_GRPC", "[::1]:2"}};
  std::vector<std::string> arguments = kEnough;
  arguments.insert(arguments.end(), {"--store", "sqlite:flag.db"});
  const ConfigOutcome outcome = Read(arguments, variables);
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->store, "sqlite:flag.db");
  EXPECT_EQ(outcome.config->http.ToString(), "127.0.0.2:1");
  EXPECT_EQ(outcome.config->grpc.ToString(), "[::1]:2");
}

TEST(ConfigTest, TheEnvironmentAloneIsEnough) {
  EXPECT_TRUE(Read({}, {{"USHER_CATALOG", "plans.yaml"}, {"USHER_INSECURE_DEV", "true"}}).config);
}

TEST(ConfigTest, HelpIsNoError) {
  const ConfigOutcome outcome = Read({"--help"});
  EXPECT_FALSE(outcome.config);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.text, HasSubstr("--insecure-dev"));
  EXPECT_THAT(outcome.text, HasSubstr("USHER_STRIPE_WEBHOOK_SECRET_FILE"));
}

struct RefusedCase {
  const char* name;
  std::vector<std::string> more;
  Variables variables;
  const char* expected;
};

class RefusedConfigTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedConfigTest, SaysWhy) {
  std::vector<std::string> arguments = kEnough;
  arguments.insert(arguments.end(), GetParam().more.begin(), GetParam().more.end());
  const ConfigOutcome outcome = Read(arguments, GetParam().variables);
  EXPECT_FALSE(outcome.config);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.text, HasSubstr(GetParam().expected));
}

constexpr char kSecret[] = "USHER_STRIPE_WEBHOOK_SECRET";

INSTANTIATE_TEST_SUITE_P(
    Cases, RefusedConfigTest,
    testing::Values(
        RefusedCase{"UnknownFlag", {"--grcp", "127.0.0.1:1"}, {}, "--grcp"},
        RefusedCase{"NoPort", {"--grpc", "127.0.0.1"}, {}, "--grpc: \"127.0.0.1\" is no address"},
        RefusedCase{"PortTooLarge", {"--http", "127.0.0.1:65536"}, {}, "--http"},
        RefusedCase{"HostName", {"--http", "example.com:80"}, {}, "numeric host"},
        RefusedCase{"AllInterfaces", {"--grpc", "0.0.0.0:7480"}, {}, "expected a loopback address"},
        RefusedCase{"AllInterfacesV6", {"--http", "[::]:7481"}, {}, "expected a loopback address"},
        RefusedCase{"MappedV4", {"--http", "[::ffff:10.0.0.1]:7481"}, {}, "expected a loopback address"},
        RefusedCase{"OnePortForBoth",
                    {"--grpc", "127.0.0.1:7000", "--http", "127.0.0.1:7000"},
                    {},
                    "--grpc and --http: both name 127.0.0.1:7000"},
        RefusedCase{"OtherStore", {"--store", "mysql://x"}, {}, "--store: expected sqlite:PATH"},
        RefusedCase{"StoreWithoutPath", {"--store", "sqlite:"}, {}, "--store: expected sqlite:PATH"},
        RefusedCase{"EmptySecret", {}, {{kSecret, ""}}, "secret is empty"},
        RefusedCase{"BlankSecret", {}, {{kSecret, " \t "}}, "secret is empty"},
        RefusedCase{"OneOfSeveralSecretsBlank", {}, {{kSecret, "whsec_a, ,whsec_b"}}, "secret is empty"},
        RefusedCase{"SecretAfterTheLastComma", {}, {{kSecret, "whsec_a,"}}, "secret is empty"},
        RefusedCase{
            "NoSecretFile", {}, {{"USHER_STRIPE_WEBHOOK_SECRET_FILE", "/nonexistent"}}, "cannot read /nonexistent"},
        RefusedCase{"SecretTwice", {}, {{kSecret, "a"}, {"USHER_STRIPE_WEBHOOK_SECRET_FILE", "b"}}, "not both"},
        RefusedCase{"RetentionThatIsNoTime", {"--event-retention", "soon"}, {}, "--event-retention: expected a time"},
        RefusedCase{"RetentionInMonths", {"--event-retention", "1mo"}, {}, "--event-retention: expected a time"},
        RefusedCase{"NoRetentionAtAll", {"--event-retention", "59m"}, {}, "at least 1h"},
        RefusedCase{"TestClock", {}, {{"USHER_TEST_CLOCK", "on"}}, "USHER_TEST_CLOCK: expected true or false"},
        RefusedCase{"Livemode", {}, {{"USHER_STRIPE_LIVEMODE", "yes"}}, "expected true or false, found \"yes\""}),
    [](const auto& row) { return std::string(row.param.name); });

const std::vector<std::string> kWithKeys = {"--catalog", "plans.yaml"};

ConfigOutcome ReadWithKeys(std::vector<std::string> more, const Variables& variables = {}) {
  more.insert(more.end(), kWithKeys.begin(), kWithKeys.end());
  return Read(more, variables);
}

TEST(ConfigTest, LoopbackNeedsNoTls) {
  const ConfigOutcome outcome = ReadWithKeys({});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_FALSE(outcome.config->insecure_dev);
}

TEST(ConfigTest, PlaintextBeyondLoopbackNeedsTheFlag) {
  for (const char* flag : {"--grpc", "--http"}) {
    const ConfigOutcome refused = ReadWithKeys({flag, "0.0.0.0:1"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.text, HasSubstr(std::string(flag) + ": 0.0.0.0:1 can be reached from other machines"));
    EXPECT_THAT(refused.text, HasSubstr("--tls-cert"));
    EXPECT_THAT(refused.text, HasSubstr("--plaintext"));
    EXPECT_TRUE(ReadWithKeys({flag, "0.0.0.0:1", "--plaintext"}).config);
    EXPECT_TRUE(ReadWithKeys({flag, "0.0.0.0:1"}, {{"USHER_PLAINTEXT", "true"}}).config);
    EXPECT_TRUE(ReadWithKeys({flag, "0.0.0.0:1", "--tls-cert", "c.pem", "--tls-key", "k.pem"}).config);
  }
}

TEST(ConfigTest, NothingOpensInsecureDevToOtherMachines) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--plaintext"}, {"--tls-cert", "c.pem", "--tls-key", "k.pem"}}) {
    std::vector<std::string> arguments = {"--insecure-dev", "--grpc", "0.0.0.0:1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_THAT(ReadWithKeys(arguments).text, HasSubstr("expected a loopback address"));
  }
}

TEST(ConfigTest, TheFilesOfTlsBelongTogether) {
  EXPECT_THAT(ReadWithKeys({"--tls-cert", "c.pem"}).text, HasSubstr("one is of no use without the other"));
  EXPECT_THAT(ReadWithKeys({"--tls-key", "k.pem"}).text, HasSubstr("one is of no use without the other"));
  EXPECT_THAT(ReadWithKeys({"--tls-client-ca", "ca.pem"}).text, HasSubstr("--tls-client-ca"));
  EXPECT_THAT(ReadWithKeys({"--tls-cert", "c.pem", "--tls-key", "k.pem", "--plaintext"}).text,
              HasSubstr("--plaintext: the server has a certificate"));
  const ConfigOutcome outcome =
      ReadWithKeys({"--tls-cert", "c.pem"}, {{"USHER_TLS_KEY", "k.pem"}, {"USHER_TLS_CLIENT_CA", "ca.pem"}});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->tls_cert, "c.pem");
  EXPECT_EQ(outcome.config->tls_key, "k.pem");
  EXPECT_EQ(outcome.config->tls_client_ca, "ca.pem");
}

TEST(ConfigTest, ReflectionIsOffUnlessAskedFor) {
  EXPECT_FALSE(ReadWithKeys({}).config->reflection);
  EXPECT_TRUE(ReadWithKeys({"--reflection"}).config->reflection);
}

TEST(ConfigTest, NamesEveryProblemOfAllThreePlacesAtOnce) {
  const std::string file = testing::TempDir() + "usher_problems.conf";
  std::ofstream(file) << "http = y\ncatalogue = plans.yaml\nevent-retention = never\ntest-clock = perhaps\n";
  const ConfigOutcome outcome = Read({"--grpc", "x", "--store", "y", "--reflecton", "--config", file},
                                     {{kSecret, ""}, {"USHER_STRIPE_LIVEMODE", "1"}, {"USHER_STOP_DRAIN", "1y"}});
  EXPECT_FALSE(outcome.config);
  EXPECT_EQ(outcome.exit_code, 2);
  for (const std::string& part :
       {std::string("--grpc: "), std::string("--store: expected sqlite:PATH"), std::string("--catalog: expected"),
        std::string("--reflecton: there is no such flag; did you mean --reflection?"), std::string(kSecret) + ": ",
        std::string("USHER_STRIPE_LIVEMODE: expected true or false"), std::string("USHER_STOP_DRAIN: expected a time"),
        file + ":1: http: ", file + ":2: catalogue: there is no such setting; did you mean catalog?",
        file + ":3: event-retention: expected a time", file + ":4: test-clock: expected true or false"}) {
    EXPECT_THAT(outcome.text, HasSubstr(part));
  }
}

TEST(ConfigTest, AFileAloneIsEnoughAndIsOutranked) {
  const std::string secrets = testing::TempDir() + "usher_file_secrets";
  std::ofstream(secrets) << "whsec_a\nwhsec_b\n";
  const std::string file = testing::TempDir() + "usher_whole.conf";
  std::ofstream(file) << "# one server\ncatalog = plans.yaml\ninsecure-dev = true\nstore = sqlite:/file/usher.db\n"
                      << "grpc = 127.0.0.1:1\nhttp = 127.0.0.1:2\nstripe-livemode = true\n"
                      << "stripe-webhook-secret-file = " << secrets << "\nstop-delay = 2s\nstop-drain = 1500ms\n";
  const ConfigOutcome outcome = Read({"--config", file, "--http", "127.0.0.1:3"}, {{"USHER_GRPC", "127.0.0.1:4"}});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->store, "sqlite:/file/usher.db");
  EXPECT_EQ(outcome.config->grpc.port, 4);
  EXPECT_EQ(outcome.config->http.port, 3);
  EXPECT_TRUE(outcome.config->stripe_livemode);
  EXPECT_EQ(outcome.config->stripe_webhook_secrets.size(), 2u);
  EXPECT_EQ(outcome.config->stop_delay, std::chrono::seconds(2));
  EXPECT_EQ(outcome.config->stop_drain, std::chrono::milliseconds(1500));
  Problems problems;
  EXPECT_EQ(ReadStoreName(
                {"--config", file}, [](const std::string&) { return std::nullopt; }, problems),
            "sqlite:/file/usher.db");
}

TEST(ConfigTest, LoadBalancersGetTimeUnlessNobodyBalances) {
  EXPECT_EQ(Read(kEnough).config->stop_delay, std::chrono::seconds(0));
  const ConfigOutcome outcome = Read({"--catalog", "plans.yaml"});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->stop_delay, std::chrono::seconds(5));
  EXPECT_EQ(outcome.config->stop_drain, std::chrono::seconds(10));
}

TEST(ConfigTest, SeveralSecretsAreKeptAndNeverPrinted) {
  const ConfigOutcome outcome = Read(kEnough, {{kSecret, "whsec_a, whsec_b\nwhsec_c\n"}});
  ASSERT_TRUE(outcome.config) << outcome.text;
  ASSERT_EQ(outcome.config->stripe_webhook_secrets.size(), 3u);
  EXPECT_EQ(outcome.config->stripe_webhook_secrets[1].Reveal(), "whsec_b");
  std::ostringstream printed;
  printed << outcome.config->stripe_webhook_secrets[1];
  EXPECT_EQ(printed.str(), "[secret]");
}

TEST(ConfigTest, SecretsMayLieInAFile) {
  const std::string path = testing::TempDir() + "usher_secrets";
  std::ofstream(path) << "whsec_a\nwhsec_b\n";
  const ConfigOutcome outcome = Read(kEnough, {{"USHER_STRIPE_WEBHOOK_SECRET_FILE", path}});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->stripe_webhook_secrets.size(), 2u);
  std::ofstream(path) << "\n";
  EXPECT_THAT(Read(kEnough, {{"USHER_STRIPE_WEBHOOK_SECRET_FILE", path}}).text, HasSubstr("secret is empty"));
}

TEST(ConfigTest, ClerkIsSetByFlagOrEnvironmentAndFitsTheLivemodeOfStripe) {
  EXPECT_FALSE(Read(kEnough).config->clerk);
  const std::string path = testing::TempDir() + "usher_clerk_key";
  std::ofstream(path) << "sk_live_a";
  const Variables live = {{"USHER_CLERK_SECRET_KEY_FILE", path},
                          {"USHER_CLERK_URL", "http://127.0.0.1:1"},
                          {"USHER_STRIPE_LIVEMODE", "true"}};
  const ConfigOutcome outcome = Read(kEnough, live);
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->clerk->url, "http://127.0.0.1:1");
  EXPECT_EQ(outcome.config->clerk->secret_key.Reveal(), "sk_live_a");
  std::vector<std::string> arguments = kEnough;
  arguments.insert(arguments.end(), {"--clerk-secret-key-file", path, "--clerk-url", "http://127.0.0.1:2"});
  EXPECT_EQ(Read(arguments, live).config->clerk->url, "http://127.0.0.1:2");
  EXPECT_THAT(Read(arguments).text, HasSubstr("--clerk-secret-key-file: " + path + " holds a live key"));
}

TEST(ConfigTest, AProblemWithSecretsDoesNotPrintThem) {
  EXPECT_THAT(Read(kEnough, {{kSecret, "whsec_hush,"}}).text, Not(HasSubstr("whsec_hush")));
}

}  // namespace
}  // namespace usher
