// Clients that mean harm, against the real server on real sockets: what they cost is bounded, and a healthy client goes
// on.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/http2_client.h"
#include "tests/support/running_server.h"
#include "usher/v1/entitlement.grpc.pb.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

v1::CheckEntitlementRequest AboutSso() {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id("acme");
  request.set_feature("sso");
  return request;
}

// Somebody who checks all the time, one call after the other, and counts what happens.
class HealthyClient {
 public:
  explicit HealthyClient(const std::string& address)
      : stub_(v1::EntitlementService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        thread_([this] { Run(); }) {}
  ~HealthyClient() { Stop(); }
  HealthyClient(const HealthyClient&) = delete;
  HealthyClient& operator=(const HealthyClient&) = delete;

  int answered() const { return answered_; }

  void Stop() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // After Stop.
  int refused() const { return refused_; }
  double PercentileMs(double share) {
    std::ranges::sort(times_ms_);
    return times_ms_.empty() ? 0
                             : times_ms_[static_cast<std::size_t>(share * static_cast<double>(times_ms_.size() - 1))];
  }

 private:
  void Run() {
    while (!done_) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
      v1::CheckEntitlementResponse response;
      const auto start = steady_clock::now();
      if (stub_->CheckEntitlement(&context, AboutSso(), &response).ok()) {
        ++answered_;
      } else {
        ++refused_;
      }
      times_ms_.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
    }
  }

  const std::unique_ptr<v1::EntitlementService::Stub> stub_;
  std::atomic<bool> done_ = false;
  std::atomic<int> answered_ = 0;
  int refused_ = 0;
  std::vector<double> times_ms_;
  std::thread thread_;
};

class HostileClientsTest : public testing::Test {
 protected:
  // What any attack may make the server grow by: its quota for buffers, 512 MiB, and what connections cost besides.
  static constexpr std::int64_t kMostKib = std::int64_t{700} * 1024;
  // So many checks of a healthy client are answered during each attack.
  static constexpr int kChecks = 500;

  std::int64_t ServerKib() {
    std::ifstream status("/proc/" + std::to_string(server_.process().pid()) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    }
    return 0;
  }

  // Runs `attack`, which returns with its connections open and says how many there are of what; then watches.
  template <class Attack>
  void Suffer(const std::string& name, const Attack& attack) {
    HealthyClient healthy(server_.grpc_address());
    ASSERT_TRUE(Eventually([&] { return healthy.answered() > kChecks; }));
    const std::int64_t before = ServerKib();
    const std::string done = attack();
    const int answered = healthy.answered();
    EXPECT_TRUE(Eventually([&] { return healthy.answered() > answered + kChecks; })) << "nobody answers any more";
    const std::int64_t after = ServerKib();
    healthy.Stop();
    std::cout << name << ": " << done << "; the server grew from " << before / 1024 << " to " << after / 1024
              << " MiB; a healthy client had " << healthy.answered() << " answers and " << healthy.refused()
              << " refusals, p50 " << healthy.PercentileMs(0.5) << " ms, p99 " << healthy.PercentileMs(0.99) << " ms\n";
    EXPECT_LE(after - before, kMostKib);
    EXPECT_LE(healthy.refused(), healthy.answered() / 10);
    EXPECT_LT(healthy.PercentileMs(0.99), 2000);
  }

  // As many as files may be open, here and in the server.
  static int MostConnections(int wanted) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return std::min(wanted, static_cast<int>(limit.rlim_cur) - 300);
  }

  using Connections = std::vector<std::unique_ptr<HttpConnection>>;
  Connections Connect(int count, const std::string& first_bytes) {
    Connections connections;
    for (int i = 0; i < count; ++i) {
      connections.push_back(std::make_unique<HttpConnection>(server_.grpc_port()));
      if (!connections.back()->connected()) break;
      connections.back()->Send(first_bytes);
    }
    return connections;
  }

  RunningServer server_;
};

TEST_F(HostileClientsTest, ThousandsOfConnectionsThatNeverFinishTheirGreeting) {
  Connections connections;
  Suffer("slow-loris", [&] {
    connections = Connect(MostConnections(10'000), "PRI * HT");
    for (const auto& connection : connections) connection->Send("T");
    return std::to_string(connections.size()) + " connections";
  });
}

TEST_F(HostileClientsTest, ThousandsOfConnectionsThatGreetAndSayNothing) {
  Connections connections;
  Suffer("half-open", [&] {
    connections = Connect(MostConnections(10'000), Http2Hello(65'535));
    return std::to_string(connections.size()) + " connections";
  });
}

TEST_F(HostileClientsTest, StreamsWhoseAnswersNobodyReads) {
  constexpr int kConnections = 100;
  constexpr std::uint32_t kStreams = 250;
  std::string bytes = Http2Hello(0);
  for (std::uint32_t i = 0; i < kStreams; ++i) {
    bytes += GrpcCallBytes(2 * i + 1, kCheckPath, AboutSso().SerializeAsString());
  }
  Connections connections;
  Suffer("unread streams", [&] {
    connections = Connect(kConnections, bytes);
    return std::to_string(connections.size() * kStreams) + " streams on " + std::to_string(connections.size()) +
           " connections";
  });
}

TEST_F(HostileClientsTest, StreamsThatAreResetAsSoonAsTheyAreOpened) {
  constexpr int kConnections = 8;
  constexpr std::uint32_t kStreams = 5000;
  std::string bytes = Http2Hello(65'535);
  for (std::uint32_t i = 0; i < kStreams; ++i) {
    bytes += GrpcCallBytes(2 * i + 1, kCheckPath, AboutSso().SerializeAsString()) + Http2Reset(2 * i + 1);
  }
  Connections connections;
  Suffer("rapid reset", [&] {
    connections = Connect(kConnections, bytes);
    return std::to_string(connections.size() * kStreams) + " resets on " + std::to_string(connections.size()) +
           " connections";
  });
}

}  // namespace
}  // namespace usher
