// Roles of a running server's members at a Clerk of our own: what happens by itself, what `usher roles sync` shows and
// does, and what a Clerk that misbehaves delays.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rpc_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clerk/fake_clerk.h"
#include "tests/support/http_client.h"
#include "tests/support/run_program.h"
#include "usher/v1/role.pb.h"
#include "usher/v1/test_clock.pb.h"
#include "usher/v1/work.pb.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kDaySeconds = 86400;
constexpr char kKey[] = "sk_test_of_the_tests";

class RolesAtClerkTest : public testing::Test {
 protected:
  RolesAtClerkTest() { Start(kKey); }

  void Start(const std::string& key, const std::string& drain = "10s") {
    server_.reset();
    std::ofstream(files_.File("clerk_key")) << key << "\n";
    clerk_.PutUser("user_ada", R"({"theme":"dark"})");
    server_ = std::make_unique<RunningServer>(
        std::map<std::string, std::string>{},
        std::vector<std::string>{"--test-clock", "--stop-drain", drain, "--clerk-url", clerk_.url(),
                                 "--clerk-secret-key-file", files_.File("clerk_key")});
    Connect();
    v1::CreateTenantRequest create;
    create.set_tenant_id("acme");
    Call<v1::CreateTenantResponse>("TenantService/CreateTenant", create);
  }

  void Connect() { client_ = MakeServerClient(Transport::kGrpc, server_->grpc_port(), server_->http_port()); }

  template <class Response, class Request>
  Response Call(const std::string& method, const Request& request) {
    Reply reply = client_->Call("usher.v1." + method, request, std::make_shared<Response>());
    EXPECT_TRUE(reply.ok()) << method << ": " << reply.message;
    return reply.ok() ? static_cast<Response&>(*reply.response) : Response();
  }

  void Put(const std::string& user, const std::string& kind) {
    v1::PutMemberRequest request;
    request.set_tenant_id("acme");
    request.set_user_id(user);
    request.set_kind(kind);
    Call<v1::PutMemberResponse>("RoleService/PutMember", request);
  }
  // acme pays for 30 days of pro.
  void Pay() {
    stripe_test::Line line;
    line.price = "price_pro";
    line.start = now_ - 60;
    line.end = now_ + 30 * kDaySeconds;
    stripe_test::Invoice invoice;
    invoice.paid_at = now_ - 30;
    invoice.lines = {line};
    invoice.subscription_tenant = "acme";
    const std::string body = events_.Event("invoice.paid", now_ - 30, invoice);
    v1::RelayWebhookRequest request;
    request.set_provider("stripe");
    request.set_raw_body(body);
    v1::WebhookHeader& header = *request.add_headers();
    header.set_name("stripe-signature");
    header.set_value(stripe::SignatureHeader(Secret(kTestWebhookSecret), now_, body));
    Call<v1::RelayWebhookResponse>("IngestService/RelayWebhook", request);
  }
  bool MaySso() {
    v1::CheckEntitlementRequest request;
    request.set_tenant_id("acme");
    request.set_feature("sso");
    return Call<v1::CheckEntitlementResponse>("EntitlementService/CheckEntitlement", request).decision().allowed();
  }

  bool Becomes(const std::string& user, const std::string& part) {
    const bool became = Eventually(
        [&] {
          std::this_thread::yield();
          return clerk_.PublicMetadata(user).find(part) != std::string::npos;
        },
        std::chrono::seconds(60));
    EXPECT_TRUE(became) << clerk_.PublicMetadata(user) << " never had " << part;
    return became;
  }

  Ended Usher(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server_->grpc_address()});
    return RunProgram("usher", arguments);
  }

  std::vector<v1::Work> RolesWork() {
    v1::ListWorkRequest request;
    request.set_kind(v1::WORK_KIND_ROLES);
    const auto response = Call<v1::ListWorkResponse>("WorkService/ListWork", request);
    return {response.work().begin(), response.work().end()};
  }

  const std::int64_t now_ = NowSeconds();
  TemporaryFolder files_;
  FakeClerk clerk_{{.secret_key = kKey, .requests = 100'000}};
  stripe_test::StripeEvents events_{stripe_test::Family::kBasil};
  std::unique_ptr<RunningServer> server_;
  std::unique_ptr<ServerClient> client_;
};

TEST_F(RolesAtClerkTest, FollowPaymentsAndTimeByThemselves) {
  Put("user_ada", "owner");
  Becomes("user_ada", R"("roles":["viewer"])");
  Pay();
  Becomes("user_ada", R"("roles":["admin"])");
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), HasSubstr(R"("plan":"pro@1")"));
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), HasSubstr(R"("expires_at":")"));
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), HasSubstr(R"("theme":"dark")")) << "foreign keys stay";

  v1::SetTimeRequest later;  // the period and its grace end, and no event comes
  later.mutable_time()->set_seconds(now_ + 90 * kDaySeconds);
  Call<v1::SetTimeResponse>("TestClockService/SetTime", later);
  Becomes("user_ada", R"("plan":"free@1","roles":["viewer"])");

  v1::RemoveMemberRequest remove;
  remove.set_tenant_id("acme");
  remove.set_user_id("user_ada");
  Call<v1::RemoveMemberResponse>("RoleService/RemoveMember", remove);
  EXPECT_TRUE(Eventually([&] { return clerk_.PublicMetadata("user_ada") == R"({"theme":"dark"})"; }));
}

TEST_F(RolesAtClerkTest, ADryRunShowsWhatARunMendsAndASecondRunChangesNothing) {
  Put("user_ada", "owner");
  Pay();
  Becomes("user_ada", R"("roles":["admin"])");
  EXPECT_TRUE(Eventually([&] { return RolesWork().empty(); }));
  clerk_.PutUser("user_ada", R"({"usher":{"tenant":"acme","plan":"pro@1","roles":["root"],"version":1}})");

  const Ended dry = Usher({"roles", "sync", "acme", "--dry-run"});
  EXPECT_EQ(dry.exit_code, 1) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("pro@1: admin"));
  EXPECT_THAT(dry.out, HasSubstr("pro@1: root; v1"));
  EXPECT_THAT(dry.out, HasSubstr("would write"));
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), HasSubstr("root"));

  const Ended run = Usher({"roles", "sync", "acme"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("written"));
  const std::string mended = clerk_.PublicMetadata("user_ada");
  EXPECT_THAT(mended, HasSubstr(R"("roles":["admin"])"));

  const std::size_t requests = clerk_.Requests().size();
  const Ended again = Usher({"roles", "sync", "acme"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("none: in step"));
  EXPECT_EQ(clerk_.Requests().size(), requests + 1) << "it was looked at, and nothing was written";
  EXPECT_EQ(clerk_.PublicMetadata("user_ada"), mended);
}

TEST_F(RolesAtClerkTest, AClerkThatIsDownDelaysNothingElseAndLosesNothing) {
  clerk_.Play({.done = false, .answer = ClerkError(503, "unavailable", "come back later")}, 3);
  Put("user_ada", "owner");
  Pay();
  EXPECT_TRUE(MaySso());
  const Ended can = Usher({"can", "acme", "user_ada", "sso.configure"});
  EXPECT_EQ(can.exit_code, 0) << can.out << can.err;
  Becomes("user_ada", R"("roles":["admin"])");
  EXPECT_TRUE(Eventually([&] { return RolesWork().empty(); }));
}

TEST_F(RolesAtClerkTest, AnAcknowledgedMemberIsBroughtThereAfterARestart) {
  clerk_.Play({.done = false, .answer = ClerkError(503, "unavailable", "come back later")}, 1000);
  Put("user_ada", "owner");
  Pay();
  EXPECT_EQ(server_->Restart(), 0);
  Connect();
  EXPECT_EQ(RolesWork().size(), 1u);
  EXPECT_THAT(clerk_.PublicMetadata("user_ada"), Not(HasSubstr("usher")));
}

// A key that was rotated without telling the server: nobody is given up, and a person is told once.
TEST_F(RolesAtClerkTest, AClerkThatRefusesTheServerIsOneWarning) {
  Start("sk_test_of_before");
  for (const char* user : {"user_ada", "user_bob", "user_eve"}) Put(user, "owner");
  EXPECT_TRUE(Eventually([&] { return clerk_.Answered(401) >= 3; }));
  EXPECT_TRUE(Eventually([&] {
    const std::vector<v1::Work> work = RolesWork();
    return std::ranges::count_if(work, [](const v1::Work& row) { return !row.last_error().empty(); }) == 3;
  }));
  for (const v1::Work& work : RolesWork()) EXPECT_EQ(work.state(), v1::WORK_STATE_WAITING);
  const HttpReply ready = HttpCall(server_->http_port(), "GET", "/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_THAT(ready.body, HasSubstr("identity_provider"));
  EXPECT_THAT(ready.body, HasSubstr("--clerk-secret-key-file"));
  server_->process().Signal(SIGTERM);
  EXPECT_EQ(server_->process().WaitForExit(), 0);
  const std::string log = server_->process().errors();
  const std::size_t told = log.find("it does not take the secret key");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_EQ(log.find("it does not take the secret key", told + 1), std::string::npos) << log;
}

TEST_F(RolesAtClerkTest, AClerkThatHangsDoesNotKeepAServerThatStops) {
  Start(kKey, "100ms");
  clerk_.Play({.done = false, .delay = std::chrono::minutes(5)}, 1000);
  Put("user_ada", "owner");
  ASSERT_TRUE(Eventually([&] { return !clerk_.Requests().empty(); }));
  server_->process().Signal(SIGTERM);
  EXPECT_EQ(server_->process().WaitForExit(), 0);
  EXPECT_THAT(server_->process().errors(), testing::EndsWith("\"message\":\"stopped\"}\n"));
}

TEST_F(RolesAtClerkTest, AUserThatClerkDoesNotKnowIsADeadLetterThatCanBeRedriven) {
  Put("user_new", "owner");
  ASSERT_TRUE(Eventually([&] {
    const std::vector<v1::Work> work = RolesWork();
    return work.size() == 1 && work[0].state() == v1::WORK_STATE_DEAD;
  }));
  const Ended dead = Usher({"work", "list", "--dead"});
  EXPECT_THAT(dead.out, HasSubstr("user_new"));
  const Ended sync = Usher({"roles", "sync", "acme"});
  EXPECT_EQ(sync.exit_code, 1);
  EXPECT_THAT(sync.out, HasSubstr("failed: "));
  clerk_.PutUser("user_new");
  const Ended redriven = Usher({"work", "redrive", std::to_string(RolesWork().at(0).work_id())});
  EXPECT_EQ(redriven.exit_code, 0) << redriven.err;
  Becomes("user_new", R"("roles":["viewer"])");
  EXPECT_EQ(Usher({"roles", "sync", "acme", "--user", "user_new"}).exit_code, 0);
}

}  // namespace
}  // namespace usher
