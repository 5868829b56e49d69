// What a forwarder leaves behind when it goes.
#include "clients/relay/forwarder.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "tests/unit/clients/fake_ingest.h"

namespace usher {
namespace {

// Takes its time to go, and says when it has gone.
class SlowToGo {
 public:
  explicit SlowToGo(std::atomic<bool>* gone) : gone_(*gone) {}
  SlowToGo(const SlowToGo&) = delete;
  SlowToGo& operator=(const SlowToGo&) = delete;
  ~SlowToGo() {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    gone_ = true;
  }

 private:
  std::atomic<bool>& gone_;
};

TEST(Forwarder, KeepsNothingOfACallOnceItIsGone) {
  FakeIngest server;
  server.Hold();
  std::atomic<bool> gone = false;
  {
    Forwarder forwarder(ConnectToServer({.address = server.address()}), {});
    auto held = std::make_shared<SlowToGo>(&gone);
    ASSERT_TRUE(forwarder.TryForward({}, [held](const grpc::Status&, const v1::RelayWebhookResponse&) {}));
    held.reset();
    ASSERT_TRUE(server.WaitForCalls(1));
    EXPECT_FALSE(gone);
  }
  EXPECT_TRUE(gone) << "what a call holds, its channel too, would be released on the thread of gRPC's callbacks";
}

}  // namespace
}  // namespace usher
