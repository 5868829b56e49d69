#include "server/app/config.h"

#include <chrono>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/payload_seal.h"
#include "server/base/version.h"
#include "tests/support/certificates.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

using Variables = Environment;

ConfigOutcome Read(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  return ReadConfig(arguments, variables);
}

std::string File(const std::string& name, const std::string& text) {
  std::string path = testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

// Files with which a server can speak TLS.
struct TlsPaths {
  std::string certificate;
  std::string key;
  std::string authority;
};

TlsPaths MakeTls() {
  const Authority authority("authority");
  const Identity identity = authority.Issue("usherd");
  return {.certificate = File("usher_cert.pem", identity.certificate_pem),
          .key = File("usher_key.pem", identity.key_pem),
          .authority = File("usher_ca.pem", authority.pem())};
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
  const std::string store = testing::TempDir() + "usher_unmade.db";
  const Config config = *Read(kEnough, {{"USHER_STORE", "sqlite:" + store}}).config;
  EXPECT_EQ(config.event_retention, std::chrono::hours(90 * 24));
  EXPECT_EQ(config.payload_key, store + ".key");
  EXPECT_TRUE(config.make_payload_key);
  EXPECT_FALSE(config.test_clock);
  const std::string key = File("usher_payload_key", PayloadSeal::NewKeyText());
  std::vector<std::string> arguments = kEnough;
  arguments.insert(arguments.end(), {"--event-retention", "12h", "--payload-key", key, "--test-clock"});
  const Config other = *Read(arguments).config;
  EXPECT_EQ(other.event_retention, std::chrono::hours(12));
  EXPECT_EQ(other.payload_key, key);
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
  const TlsPaths tls = MakeTls();
  for (const char* flag : {"--grpc", "--http"}) {
    const ConfigOutcome refused = ReadWithKeys({flag, "0.0.0.0:1"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.text, HasSubstr(std::string(flag) + ": 0.0.0.0:1 can be reached from other machines"));
    EXPECT_THAT(refused.text, HasSubstr("--tls-cert"));
    EXPECT_THAT(refused.text, HasSubstr("--plaintext"));
    EXPECT_TRUE(ReadWithKeys({flag, "0.0.0.0:1", "--plaintext"}).config);
    EXPECT_TRUE(ReadWithKeys({flag, "0.0.0.0:1"}, {{"USHER_PLAINTEXT", "true"}}).config);
    EXPECT_TRUE(ReadWithKeys({flag, "0.0.0.0:1", "--tls-cert", tls.certificate, "--tls-key", tls.key}).config);
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
  const TlsPaths tls = MakeTls();
  const ConfigOutcome outcome = ReadWithKeys({"--tls-cert", tls.certificate},
                                             {{"USHER_TLS_KEY", tls.key}, {"USHER_TLS_CLIENT_CA", tls.authority}});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->tls_cert, tls.certificate);
  EXPECT_EQ(outcome.config->tls_key, tls.key);
  EXPECT_EQ(outcome.config->tls_client_ca, tls.authority);
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

TEST(ConfigTest, NamesProblemsOfFilesWithThoseOfSettings) {
  const TlsPaths tls = MakeTls();
  const std::string catalog =
      File("usher_bad.yaml", "apiVersion: usher/v1\ncatalog: x\nfeatures: { a: { type: b } }\n");
  const std::string clerk_key = File("usher_no_clerk_key", "hush");
  const std::string file = File("usher_files.conf", "catalog = " + catalog + "\ntls-client-ca = /nonexistent.pem\n");
  const ConfigOutcome outcome = Read({"--config", file, "--tls-cert", tls.certificate, "--tls-key", "/nonexistent.key",
                                      "--stop-drain", "1y", "--clerk-secret-key-file", clerk_key},
                                     {{"USHER_STORE", "sqlite:/nonexistent/usher.db"}, {"USHER_PAYLOAD_KEY", file}});
  EXPECT_EQ(outcome.exit_code, 2);
  for (const std::string& part :
       {std::string("  --stop-drain: expected a time"), file + ":1: catalog: the catalog " + catalog + " has errors",
        std::string("usher_bad.yaml:3:"), std::string("  USHER_STORE: the folder /nonexistent is not there"),
        "  USHER_PAYLOAD_KEY: the payload key " + file, std::string("  --tls-key: cannot read /nonexistent.key"),
        file + ":2: tls-client-ca: cannot read /nonexistent.pem", "  --clerk-secret-key-file: " + clerk_key}) {
    EXPECT_THAT(outcome.text, HasSubstr(part));
  }
  EXPECT_THAT(outcome.text, Not(HasSubstr("hush")));
}

struct StoreCase {
  const char* name;
  std::string path;
  std::string told;  // nothing: it can be used
};

TEST(ConfigTest, TheStoreIsADatabaseOrAPlaceForOne) {
  const std::string folder = testing::TempDir();
  const StoreCase cases[] = {
      {"a folder", folder, " is a folder: expected the path of a file"},
      {"a folder that is not there", "/nonexistent/usher.db", "the folder /nonexistent is not there"},
      {"no database", File("usher_text.db", "hello, this is no database"), "usher_text.db is no SQLite database"},
      {"nothing yet", folder + "usher_unmade.db", ""},
      {"empty", File("usher_empty.db", ""), ""},
      {"a database", File("usher_made.db", std::string("SQLite format 3\0", 16)), ""},
  };
  for (const StoreCase& row : cases) {
    const ConfigOutcome outcome = Read({"--catalog", "plans.yaml", "--store", "sqlite:" + row.path});
    EXPECT_EQ(outcome.config.has_value(), row.told.empty()) << row.name << ": " << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr(row.told)) << row.name;
    Problems problems;
    ReadStoreName({"--store", "sqlite:" + row.path}, {}, problems);
    EXPECT_EQ(problems.empty(), row.told.empty()) << row.name;
  }
}

TEST(ConfigTest, TheFilesOfTlsFitTogether) {
  const TlsPaths tls = MakeTls();
  const std::string key = File("usher_other_key.pem", Authority("other").Issue("other").key_pem);
  EXPECT_THAT(ReadWithKeys({"--tls-cert", tls.certificate, "--tls-key", key}).text,
              HasSubstr("is not the key of the certificate"));
}

TEST(ConfigTest, TheVersionIsToldInsteadOfAStart) {
  const ConfigOutcome outcome = Read({"--version"});
  EXPECT_FALSE(outcome.config);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.text, "usherd " + std::string(Version()) + "\n");
}

TEST(ConfigTest, NoTimeNeedsNoUnit) {
  std::vector<std::string> arguments = {"--catalog", "plans.yaml", "--stop-delay", "0", "--stop-drain=0"};
  const ConfigOutcome outcome = Read(arguments);
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->stop_delay, std::chrono::seconds(0));
  EXPECT_EQ(outcome.config->stop_drain, std::chrono::seconds(0));
  arguments.back() = "--stop-drain=10";
  EXPECT_THAT(Read(arguments).text, HasSubstr("--stop-drain: expected a time of at most 60m"));
}

TEST(ConfigTest, AFileAloneIsEnoughAndIsOutranked) {
  const std::string secrets = testing::TempDir() + "usher_file_secrets";
  std::ofstream(secrets) << "whsec_a\nwhsec_b\n";
  const std::string store = "sqlite:" + testing::TempDir() + "usher_unmade.db";
  const std::string file = testing::TempDir() + "usher_whole.conf";
  std::ofstream(file) << "# one server\ncatalog = plans.yaml\ninsecure-dev = true\nstore = " << store << "\n"
                      << "grpc = 127.0.0.1:1\nhttp = 127.0.0.1:2\nstripe-livemode = true\n"
                      << "stripe-webhook-secret-file = " << secrets << "\nstop-delay = 2s\nstop-drain = 1500ms\n";
  const ConfigOutcome outcome = Read({"--config", file, "--http", "127.0.0.1:3"}, {{"USHER_GRPC", "127.0.0.1:4"}});
  ASSERT_TRUE(outcome.config) << outcome.text;
  EXPECT_EQ(outcome.config->store, store);
  EXPECT_EQ(outcome.config->grpc.port, 4);
  EXPECT_EQ(outcome.config->http.port, 3);
  EXPECT_TRUE(outcome.config->stripe_livemode);
  EXPECT_EQ(outcome.config->stripe_webhook_secrets.size(), 2u);
  EXPECT_EQ(outcome.config->stop_delay, std::chrono::seconds(2));
  EXPECT_EQ(outcome.config->stop_drain, std::chrono::milliseconds(1500));
  Problems problems;
  EXPECT_EQ(ReadStoreName({"--config", file}, {}, problems), store);
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
