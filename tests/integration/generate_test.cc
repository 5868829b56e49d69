// usher tenant generate, before a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/running_server.h"

namespace usher {
namespace {

using ::testing::HasSubstr;

class Generate : public ::testing::Test {
 protected:
  Ended Usher(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server_.grpc_address()});
    return RunProgram("usher", arguments);
  }
  Ended Generated(const std::string& tenants, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"tenants", "generate", tenants, "--catalog", server_.folder().File("plans.yaml")});
    return Usher(more);
  }

  RunningServer server_;
};

TEST_F(Generate, RunAgainItAddsWhatIsMissing) {
  EXPECT_THAT(Generated("200").out, HasSubstr("200 tenants added, 0 were there already"));
  EXPECT_THAT(Generated("200").out, HasSubstr("0 tenants added, 200 were there already"));
  const Ended more = Generated("230", {"--format", "json"});
  EXPECT_EQ(0, more.exit_code) << more.err;
  EXPECT_THAT(more.out, HasSubstr("\"added\": 30,\n  \"alreadyThere\": 200,"));
  EXPECT_EQ("", more.err);
}

TEST_F(Generate, ItsTenantsHavePaid) {
  ASSERT_EQ(0, Generated("3").exit_code);
  EXPECT_EQ(0, Usher({"check", "gen-000003", "sso"}).exit_code);
  EXPECT_EQ(1, Usher({"check", "gen-000004", "sso"}).exit_code);
}

TEST_F(Generate, AnotherMixIsRefusedAndSaysWhatToDo) {
  ASSERT_EQ(0, Generated("50").exit_code);
  const Ended other = Generated("50", {"--seed", "2"});
  EXPECT_EQ(2, other.exit_code);
  EXPECT_THAT(other.err, HasSubstr("generated with another --seed or other prices"));
}

TEST_F(Generate, AServerInUseIsRefusedUnlessAsked) {
  ASSERT_EQ(0, Generated("5").exit_code);
  ASSERT_EQ(0, Usher({"tenant", "create", "zenith"}).exit_code);
  const Ended refused = Generated("10");
  EXPECT_EQ(2, refused.exit_code);
  EXPECT_THAT(refused.err, HasSubstr("knows tenant zenith, so it seems to be in use; nothing was added"));
  EXPECT_THAT(Generated("10", {"--beside-others"}).out, HasSubstr("5 tenants added, 5 were there already"));
}

TEST_F(Generate, APriceThatTheServerDoesNotKnowIsNamed) {
  const Ended unknown = Usher({"tenants", "generate", "10", "--price", "price_nobody"});
  EXPECT_EQ(2, unknown.exit_code);
  EXPECT_THAT(unknown.err, HasSubstr("no test price `price_nobody`"));
  EXPECT_THAT(unknown.err, HasSubstr("0 tenants were added"));
}

TEST_F(Generate, ACatalogThatIsNotThereIsNamed) {
  const Ended missing = Usher({"tenants", "generate", "10", "--catalog", server_.folder().File("none.yaml")});
  EXPECT_EQ(2, missing.exit_code);
  EXPECT_THAT(missing.err,
              HasSubstr("none.yaml; name the server's catalog with --catalog, or prices of it with --price"));
}

}  // namespace
}  // namespace usher
