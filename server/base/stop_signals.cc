#include "server/base/stop_signals.h"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>

namespace usher {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr timespec kLook{.tv_sec = 0, .tv_nsec = 100'000'000};

constexpr int kStops[] = {SIGTERM, SIGINT, SIGHUP};

sigset_t Held() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kStops) sigaddset(&signals, signal);
  return signals;
}

// As under nohup. Holding a signal would bring it back.
bool IsIgnored(int signal) {
  struct sigaction present{};
  sigaction(signal, nullptr, &present);
  return present.sa_handler == SIG_IGN;
}

}  // namespace

void HoldSignals() {
  sigset_t signals = Held();
  if (IsIgnored(SIGHUP)) sigdelset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

StopSignals::StopSignals(const Log* log) : log_(*log), thread_([this] { Run(); }) {}

StopSignals::~StopSignals() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
  }
  thread_.join();
}

void StopSignals::Wait() {
  const MutexLock lock(mutex_);
  asked_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_asked_; });
}

void StopSignals::GiveUpAfter(std::chrono::milliseconds patience) {
  const MutexLock lock(mutex_);
  give_up_at_ = SteadyClock::now() + patience;
}

void StopSignals::Run() {
  const sigset_t signals = Held();
  while (!IsOver()) {
    const int signal = sigtimedwait(&signals, nullptr, &kLook);
    if (signal > 0) Take(signal);
  }
}

bool StopSignals::IsOver() {
  {
    const MutexLock lock(mutex_);
    if (over_) return true;
    if (!give_up_at_ || SteadyClock::now() < *give_up_at_) return false;
  }
  log_.Error(
      "stopping took too long and was given up: a call or the store stands still. What was acknowledged is stored");
  log_.Flush();
  _exit(1);
}

void StopSignals::Take(int signal) {
  {
    const MutexLock lock(mutex_);
    if (!stop_asked_) {
      stop_asked_ = true;
      asked_.NotifyAll();
      return;
    }
  }
  log_.Warning("told to stop a second time: ended at once. What was acknowledged is stored",
               {{"signal", std::int64_t{signal}}});
  log_.Flush();
  _exit(128 + signal);
}

}  // namespace usher
