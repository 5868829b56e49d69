// A usherd process on a store of its own, which may be killed and started again. Test code only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/base/payload_seal.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace usher {

// The port that a program said it listens on when it was ready; 0 when the line names none.
std::uint16_t PortIn(const std::string& ready_line, const std::string& name);

class ServedStore {
 public:
  // Starts `usherd` on the store and waits until it is ready; with a failpoint, `usherd_failpoints`, which ends itself
  // there once it is armed. Throws what it said when it did not become ready.
  void Start(const std::string& failpoint = "");

  // True when the process ended by SIGKILL; waits for the end.
  bool WaitForKill();

  ChildProcess& process() { return *process_; }
  std::uint16_t grpc_port() const { return grpc_port_; }
  std::uint16_t http_port() const { return http_port_; }
  std::string path() const { return folder_.File("usher.db"); }
  // What the server seals payloads with. Made when it starts for the first time.
  PayloadSeal payload_seal() const;
  // How long the last Start took.
  std::chrono::milliseconds start_time() const { return start_time_; }

  // What it takes to start another server on the same store.
  std::vector<std::string> Arguments() const;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> process_;
  std::uint16_t grpc_port_ = 0;
  std::uint16_t http_port_ = 0;
  std::chrono::milliseconds start_time_{0};
};

}  // namespace usher
