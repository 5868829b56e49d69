#include "tests/support/fake_clerk/fake_clerk.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "catalog/absl_bridge.h"

namespace usher {

using SteadyClock = std::chrono::steady_clock;

FakeClerk::FakeClerk(ClerkRules rules, std::uint16_t port) : port_(port), api_(std::move(rules)) {
  Listen();
  stage_ = std::thread([this] { Stage(); });
}

FakeClerk::~FakeClerk() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  stage_.join();
  listener_.reset();
}

void FakeClerk::Listen() {
  auto listener = HttpListener::Start({.host = "127.0.0.1", .port = port_}, {}, this);
  if (!listener.ok()) throw std::runtime_error(StatusMessage(listener.status()));
  listener_ = *std::move(listener);
  port_ = listener_->port();
}

void FakeClerk::PutUser(const std::string& id, const std::string& public_metadata, const std::string& unsafe_metadata) {
  const MutexLock lock(mutex_);
  api_.PutUser(id, public_metadata, unsafe_metadata);
}

void FakeClerk::RemoveUser(const std::string& id) {
  const MutexLock lock(mutex_);
  api_.RemoveUser(id);
}

std::string FakeClerk::PublicMetadata(const std::string& id) {
  const MutexLock lock(mutex_);
  return api_.PublicMetadata(id);
}

void FakeClerk::Play(const ClerkTrick& trick, int times) {
  const MutexLock lock(mutex_);
  for (int i = 0; i < times; ++i) tricks_.push_back(trick);
}

std::vector<ClerkRequest> FakeClerk::Requests() {
  const MutexLock lock(mutex_);
  return requests_;
}

int FakeClerk::Answered(int status) {
  const MutexLock lock(mutex_);
  return static_cast<int>(std::ranges::count(requests_, status, &ClerkRequest::status));
}

void FakeClerk::WaitUntilServing() {
  const MutexLock lock(mutex_);
  changed_.Wait(mutex_, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !hanging_up_; });
}

FakeClerk::Time FakeClerk::Answer(HttpRequest request, HttpDone done) {
  const Time now = SteadyClock::now();
  HttpResponse answer;
  {
    const MutexLock lock(mutex_);
    ClerkTrick trick;
    if (!tricks_.empty()) {
      trick = std::move(tricks_.front());
      tricks_.pop_front();
    }
    answer = trick.done ? api_.Answer(request, now) : api_.Pretend(request);
    if (trick.answer) answer = *std::move(trick.answer);
    requests_.push_back({.request = std::move(request), .status = trick.hangs_up ? 0 : answer.status});
    if (trick.hangs_up || trick.delay.count() > 0) {
      hanging_up_ |= trick.hangs_up;
      held_.push_back({.due = trick.hangs_up ? Time::max() : now + trick.delay,
                       .done = std::move(done),
                       .answer = std::move(answer)});
      changed_.NotifyAll();
      return Time::max();
    }
  }
  done(std::move(answer));
  return Time::max();
}

void FakeClerk::GiveUp() {
  for (Held& held : TakeHeld(Time::max())) held.done(std::move(held.answer));  // which nobody reads any more
}

HttpResponse FakeClerk::Refuse(HttpRefusal, const HttpLimits&) const {
  return ClerkError(400, "request_invalid", "The request could not be read");
}

std::vector<FakeClerk::Held> FakeClerk::TakeHeld(Time until) {
  const MutexLock lock(mutex_);
  const auto due = std::partition(held_.begin(), held_.end(), [&](const Held& held) { return held.due > until; });
  std::vector<Held> taken(std::make_move_iterator(due), std::make_move_iterator(held_.end()));
  held_.erase(due, held_.end());
  return taken;
}

void FakeClerk::Stage() {
  constexpr std::chrono::milliseconds kTick{5};
  while (true) {
    bool hangs_up = false;
    {
      const MutexLock lock(mutex_);
      const auto anything = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || hanging_up_; };
      if (held_.empty()) {
        changed_.Wait(mutex_, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return anything() || !held_.empty(); });
      } else {
        changed_.WaitFor(mutex_, kTick, anything);
      }
      if (stopping_) return;
      hangs_up = hanging_up_;
    }
    if (hangs_up) {
      listener_.reset();  // closes what is open; GiveUp lets go of what is held
      Listen();
      const MutexLock lock(mutex_);
      hanging_up_ = false;
      changed_.NotifyAll();
    }
    for (Held& held : TakeHeld(SteadyClock::now())) held.done(std::move(held.answer));
  }
}

}  // namespace usher
