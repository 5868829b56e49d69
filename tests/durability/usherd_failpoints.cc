// usherd, except that it kills itself where a test says: USHER_FAILPOINT=after_facts ends it when it has recorded an
// event's facts, the first time after SIGUSR1. With USHER_FAILPOINT=forget, commits answer OK without committing after
// SIGUSR1, until the process ends at the thirteenth.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "server/app/config.h"
#include "server/app/run.h"
#include "tests/durability/failpoint_store.h"

namespace {

constexpr char kForget[] = "forget";
constexpr int kForgotten = 13;

std::atomic<bool> armed = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // as a signal's function must find it

void Arm(int /*signal*/) { armed = true; }

// Wrong names are a defect of the test.
std::string ReadName() {
  const char* text = std::getenv("USHER_FAILPOINT");
  const std::string name = text == nullptr ? "" : text;
  if (name == kForget || usher::FailpointNamed(name)) return name;
  std::cerr << "USHER_FAILPOINT: found no failpoint \"" << name << "\"\n";
  std::exit(2);
}

usher::Watch WatchFor(const std::string& name) {
  if (name == kForget) {
    return {.pass = [](usher::Failpoint) {},
            .forgets =
                [forgotten = 0]() mutable {
                  if (armed && ++forgotten == kForgotten) std::raise(SIGKILL);
                  return armed.load();
                }};
  }
  return {.pass = [chosen = *usher::FailpointNamed(name)](usher::Failpoint passed) {
    if (passed == chosen && armed) std::raise(SIGKILL);
  }};
}

}  // namespace

int main(int argc, char** argv) {
  usher::Environment environment = usher::ProcessEnvironment();
  environment.erase("USHER_FAILPOINT");  // is for this program alone
  const usher::ConfigOutcome outcome = usher::ReadConfig({argv + 1, argv + argc}, environment);
  if (!outcome.config) {
    std::cerr << outcome.text;
    return outcome.exit_code;
  }
  std::signal(SIGUSR1, Arm);
  const usher::Watch watch = WatchFor(ReadName());
  return usher::RunServer(*outcome.config,
                          [&watch](const std::string& name) -> absl::StatusOr<std::unique_ptr<usher::Store>> {
                            absl::StatusOr<std::unique_ptr<usher::Store>> store = usher::OpenStore(name);
                            if (!store.ok()) return store.status();
                            return std::make_unique<usher::FailpointStore>(*std::move(store), watch);
                          });
}
