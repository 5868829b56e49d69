// A usherd of its own for one test: fresh store, free ports, a small catalog. Test code only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/canaries.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace usher {

// What the servers of tests sell: `pro@1` (price_pro; sso, 10 projects) and `free@1` (1 project) as the default plan.
// Of pro an owner is `admin` and a member `worker`, of free both are `viewer`.
extern const char kTestCatalog[];
// The secret with which webhooks are signed.
inline constexpr const char* kTestWebhookSecret = kCanaryWebhookSecret;

// How a server of a test differs from the usual one.
struct ServerSetup {
  bool keys = false;  // callers need keys; else it runs with --insecure-dev
  std::vector<std::string> more_arguments = {};
  std::map<std::string, std::string> more_environment = {};
};

class RunningServer {
 public:
  // Starts and waits until it is ready; throws what it said when it did not become so.
  explicit RunningServer(const std::map<std::string, std::string>& more_environment = {},
                         const std::vector<std::string>& more_arguments = {});
  explicit RunningServer(const ServerSetup& setup);

  std::uint16_t grpc_port() const { return grpc_port_; }
  std::uint16_t http_port() const { return http_port_; }
  std::string grpc_address() const { return "127.0.0.1:" + std::to_string(grpc_port_); }
  ChildProcess& process() { return *process_; }
  const TemporaryFolder& folder() const { return folder_; }

  // What `usherd init` printed; empty unless callers need keys.
  const std::string& admin_key() const { return admin_key_; }
  // The store, as --store takes it.
  std::string store() const { return "sqlite:" + folder_.File("usher.db"); }

  // Ends it as a supervisor would, does `meanwhile`, and starts it on the same store. Returns the exit code of the
  // first.
  int Restart(const std::function<void()>& meanwhile = [] {});

 private:
  void Start();

  TemporaryFolder folder_;
  const ServerSetup setup_;
  std::map<std::string, std::string> environment_;
  std::string admin_key_;
  std::unique_ptr<ChildProcess> process_;
  std::uint16_t grpc_port_ = 0;
  std::uint16_t http_port_ = 0;
};

// The arguments with which tests start a server on the files of `folder`; the catalog is written there.
std::vector<std::string> ServerArguments(const TemporaryFolder& folder);

}  // namespace usher
