// When there is no room left, nothing is acknowledged and everything says why; with room again, service resumes.
#include <sys/resource.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "catalog/absl_bridge.h"
#include "tests/durability/contents.h"
#include "tests/durability/grpc_sender.h"
#include "tests/durability/served_store.h"
#include "tests/durability/undisturbed.h"
#include "tests/support/disk/cuttable_disk.h"
#include "tests/support/http_client.h"

namespace usher {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

std::size_t CountEvents(const std::string& path) {
  const absl::StatusOr<Contents> contents = ReadContents(path);
  EXPECT_TRUE(contents.ok()) << contents.status();
  EXPECT_THAT(contents->faults, IsEmpty());
  return contents->events.size();
}

// ---- every write of an engine in this process

// A store of its own whose disk is full at its `write`-th write. False when the event needed fewer.
bool RefuseAt(int write) {
  const TemporaryFolder folder;
  const std::string path = folder.File("usher.db");
  CuttableDisk disk(folder.File(""));
  const auto source = WebhookBilling();
  const SteppingClock clock;
  const auto store = *sqlite::Open({.path = path});
  LedgerWorld world(*store, clock, *source, WebhookCatalog());
  WebhookSource webhooks(1);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Deliver(world.ingest, webhooks.Next()).ok());
  const std::size_t before = CountEvents(path);

  const Webhook webhook = webhooks.Next();
  disk.FillUpAt(write);
  const absl::StatusOr<EventOutcome> outcome = Deliver(world.ingest, webhook);
  if (!disk.was_full()) return false;
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kResourceExhausted) << outcome.status();
  EXPECT_THAT(StatusMessage(outcome.status()), AllOf(HasSubstr(path), HasSubstr("Make room")));
  EXPECT_EQ(CountEvents(path), before) << "reads go on, and nothing of the event is there";
  EXPECT_EQ(world.writer.TakesChanges().code(), absl::StatusCode::kResourceExhausted);

  disk.MakeRoom();
  EXPECT_TRUE(world.writer.TakesChanges().ok());
  EXPECT_TRUE(Deliver(world.ingest, webhook).ok());
  EXPECT_EQ(CountEvents(path), before + 1);
  EXPECT_THAT(Undisturbed().Follow(*ReadContents(path), webhooks.bodies()), IsEmpty());
  return true;
}

TEST(DiskFull, AtAnyWriteNothingIsAcknowledgedAndTheNextDeliveryIsAsGoodAsNew) {
  int refused = 0;
  while (refused < 500 && !testing::Test::HasFailure() && RefuseAt(refused + 1)) ++refused;
  EXPECT_GT(refused, 20);
}

// ---- the server and the relay

// Files of the process may not grow beyond `bytes`.
void LimitFiles(pid_t process, rlim_t bytes) {
  rlimit limit{};
  ASSERT_EQ(prlimit(process, RLIMIT_FSIZE, nullptr, &limit), 0);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  ASSERT_EQ(prlimit(process, RLIMIT_FSIZE, &limit, nullptr), 0);
}

class FullServer : public testing::Test {
 protected:
  void SetUp() override {
    server_.Start();
    relay_ = std::make_unique<ChildProcess>(
        "usher-relay", std::vector<std::string>{"--listen", "127.0.0.1:0", "--server",
                                                "127.0.0.1:" + std::to_string(server_.grpc_port())});
    const std::string ready = relay_->WaitForLine("\"message\":\"ready\"").value_or("");
    relay_port_ = PortIn(ready, "http_port");
    ASSERT_NE(relay_port_, 0) << relay_->errors();
  }

  HttpReply Post(const Webhook& webhook) const {
    return HttpCall(relay_port_, "POST", "/webhooks/stripe", webhook.body,
                    {{"Stripe-Signature", SignatureOf(webhook)}});
  }
  HttpReply Ready() const { return HttpCall(server_.http_port(), "GET", "/readyz"); }
  HttpReply Check() const {
    return PostJson(server_.http_port(), "/usher.v1.EntitlementService/CheckEntitlement",
                    R"({"tenantId":"tenant-0","feature":"sso"})");
  }

  ServedStore server_;
  std::unique_ptr<ChildProcess> relay_;
  std::uint16_t relay_port_ = 0;
};

TEST_F(FullServer, SaysSoEverywhereAndResumesByItself) {
  WebhookSource webhooks(1);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Post(webhooks.Next()).status, 200);
  ASSERT_EQ(Ready().status, 200);
  const std::size_t before = CountEvents(server_.path());

  LimitFiles(server_.process().pid(), std::filesystem::file_size(server_.path() + "-wal"));
  Webhook webhook = webhooks.Next();
  const absl::Status refused = GrpcSender(server_.grpc_port())(webhook);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  EXPECT_THAT(StatusMessage(refused), AllOf(HasSubstr(server_.path()), HasSubstr("Make room")));
  const HttpReply relayed = Post(webhook);
  EXPECT_EQ(relayed.status, 503);
  EXPECT_THAT(relayed.headers, HasSubstr("Retry-After: 30"));
  EXPECT_THAT(relayed.body, HasSubstr("STORE_FULL"));
  const HttpReply unready = Ready();
  EXPECT_EQ(unready.status, 503);
  EXPECT_THAT(unready.body, HasSubstr("cannot grow"));
  EXPECT_EQ(Check().status, 200) << "reads go on";
  EXPECT_EQ(CountEvents(server_.path()), before);

  LimitFiles(server_.process().pid(), RLIM_INFINITY);
  EXPECT_EQ(Ready().status, 200) << "without a change in between: whoever heeds /readyz sends none";
  EXPECT_EQ(Post(webhook).status, 200);
  EXPECT_EQ(CountEvents(server_.path()), before + 1);
  EXPECT_THAT(Undisturbed().Follow(*ReadContents(server_.path()), webhooks.bodies()), IsEmpty());
}

}  // namespace
}  // namespace usher
