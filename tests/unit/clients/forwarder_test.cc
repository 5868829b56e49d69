// What a forwarder leaves behind when it goes.
#include "clients/relay/forwarder.h"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "tests/unit/clients/fake_ingest.h"

namespace usher {
namespace {

// Goes only when the forwarder has gone, or when that seems not to happen before.
class Lingering {
 public:
  Lingering(std::future<void> forwarder_gone, std::promise<bool> outlived)
      : forwarder_gone_(std::move(forwarder_gone)), outlived_(std::move(outlived)) {}
  Lingering(const Lingering&) = delete;
  Lingering& operator=(const Lingering&) = delete;
  ~Lingering() {
    outlived_.set_value(forwarder_gone_.wait_for(std::chrono::milliseconds(200)) == std::future_status::ready);
  }

 private:
  const std::future<void> forwarder_gone_;
  std::promise<bool> outlived_;
};

TEST(Forwarder, KeepsNothingOfACallOnceItIsGone) {
  FakeIngest server;
  server.Hold();
  std::promise<void> forwarder_gone;
  std::promise<bool> outlived;
  std::future<bool> call_outlived = outlived.get_future();
  {
    Forwarder forwarder(ConnectToServer({.address = server.address()}), {});
    auto held = std::make_shared<Lingering>(forwarder_gone.get_future(), std::move(outlived));
    ASSERT_TRUE(forwarder.TryForward({}, [held](const grpc::Status&, const v1::RelayWebhookResponse&) {}));
    held.reset();
    ASSERT_TRUE(server.WaitForCalls(1));
  }
  forwarder_gone.set_value();
  EXPECT_FALSE(call_outlived.get()) << "a channel that a call holds would be released on gRPC's own thread";
}

}  // namespace
}  // namespace usher
