// usherd, except that it counts the commits of its store and writes how many there were into the file that
// USHER_BENCH_COMMITS names: a program that is held against it has to commit as often. The handful of commits of the
// start are among them.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "server/app/config.h"
#include "server/app/run.h"
#include "tests/durability/failpoint_store.h"

int main(int argc, char** argv) {
  usher::Environment environment = usher::ProcessEnvironment();
  environment.erase("USHER_BENCH_COMMITS");  // is for this program alone
  const usher::ConfigOutcome outcome = usher::ReadConfig({argv + 1, argv + argc}, environment);
  if (!outcome.config) {
    std::cerr << outcome.text;
    return outcome.exit_code;
  }
  const char* path = std::getenv("USHER_BENCH_COMMITS");
  if (path == nullptr) {
    std::cerr << "USHER_BENCH_COMMITS: expected the file to write the count into\n";
    return 2;
  }
  std::atomic<std::int64_t> commits = 0;
  const usher::Watch watch{.pass = [&commits](usher::Failpoint passed) {
    if (passed == usher::Failpoint::kAfterCommit) ++commits;
  }};
  const int exit_code = usher::RunServer(
      *outcome.config, [&watch](const std::string& name) -> absl::StatusOr<std::unique_ptr<usher::Store>> {
        absl::StatusOr<std::unique_ptr<usher::Store>> store = usher::OpenStore(name);
        if (!store.ok()) return store.status();
        return std::make_unique<usher::FailpointStore>(*std::move(store), watch);
      });
  std::ofstream(path) << commits << "\n";
  return exit_code;
}
