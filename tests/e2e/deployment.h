// usherd and usher-relay as real processes, with a store of their own. Test code only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/story_events.h"
#include "server/base/secret.h"
#include "tests/support/canaries.h"
#include "tests/support/child_process.h"
#include "tests/support/fake_clerk/fake_clerk.h"
#include "tests/support/http_client.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace usher {

class Deployment {
 public:
  // Starts both on free ports and waits until they are ready; throws what was said when they did not become so.
  explicit Deployment(const std::string& catalog = "plans.yaml");

  // Starts the server anew, on the same store and ports, after it has ended.
  void StartServer();
  ChildProcess& server() { return *server_; }
  ChildProcess& relay() { return *relay_; }

  std::uint16_t http_port() const { return http_port_; }
  std::uint16_t relay_port() const { return relay_port_; }

  // Posts an event to the relay, signed with the server's secret or with another.
  HttpReply Deliver(const StoryEvent& event) const { return Deliver(event, secret_); }
  HttpReply Deliver(const StoryEvent& event, const Secret& secret) const;
  // Delivers again and again until the server is back, as a billing system does.
  HttpReply DeliverUntilTaken(const StoryEvent& event) const;

  // The Clerk that the server brings roles to. Users come into being when they are asked for.
  FakeClerk& clerk() { return clerk_; }

  // Runs `usher` against the server.
  Ended Usher(std::vector<std::string> arguments) const;
  Ended Story() const;

  // The JSON of a tenant's timeline, without what changes from one question to the next.
  std::string Timeline(const std::string& tenant) const;

 private:
  const Secret secret_{kCanaryWebhookSecret};
  const std::string catalog_;
  TemporaryFolder folder_;
  FakeClerk clerk_{{.secret_key = "sk_test_end_to_end", .create_missing = true, .requests = 10'000}};
  std::uint16_t grpc_port_ = 0;  // 0: not chosen yet
  std::uint16_t http_port_ = 0;
  std::uint16_t relay_port_ = 0;
  std::unique_ptr<ChildProcess> server_;
  std::unique_ptr<ChildProcess> relay_;
};

}  // namespace usher
