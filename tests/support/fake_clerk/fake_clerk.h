// A Clerk of our own on a port of this machine, which keeps Clerk's rules until it is told to misbehave. Test code
// only.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"
#include "server/listener/listener.h"
#include "tests/support/fake_clerk/clerk_api.h"

namespace usher {

// How one request is treated. As it stands: like any other.
struct ClerkTrick {
  bool done = true;                         // what was asked for happens; else the answer looks as if it had
  bool hangs_up = false;                    // no answer: every connection is closed, as when Clerk dies
  std::optional<HttpResponse> answer = {};  // instead of the true one
  std::chrono::milliseconds delay{0};       // before the answer
};

// A request as it came, and the status of its answer; 0: none was given.
struct ClerkRequest {
  HttpRequest request;
  int status = 0;
};

// Any thread may call.
class FakeClerk final : private HttpSite {
 public:
  // On 127.0.0.1; port 0 takes a free one. Throws what the system says when it cannot listen.
  explicit FakeClerk(ClerkRules rules = {}, std::uint16_t port = 0);
  ~FakeClerk() override;

  // `http://127.0.0.1:PORT`
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  void PutUser(const std::string& id, const std::string& public_metadata = "{}",
               const std::string& unsafe_metadata = "{}");
  void RemoveUser(const std::string& id);
  std::string PublicMetadata(const std::string& id);

  // Plays `trick` with the next requests, one trick each, after those that were asked for before.
  void Play(const ClerkTrick& trick, int times = 1);

  // Everything that was asked, in order of arrival.
  std::vector<ClerkRequest> Requests();
  // How many answers had that status.
  int Answered(int status);

  // After it hung up: returns when it serves again.
  void WaitUntilServing();

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Held {
    Time due;
    HttpDone done;
    HttpResponse answer;
  };

  std::optional<HttpResponse> AnswerHead(const HttpRequest&) override { return std::nullopt; }
  Time Answer(HttpRequest request, HttpDone done) override;
  void GiveUp() override;
  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const override;

  void Listen();
  void Stage();  // the thread that delays and hangs up
  std::vector<Held> TakeHeld(Time until);

  std::uint16_t port_ = 0;                  // fixed after construction
  std::unique_ptr<HttpListener> listener_;  // of the stage thread after construction
  std::thread stage_;

  Condition changed_;  // self-synchronised

  Mutex mutex_;
  ClerkApi api_ ABSL_GUARDED_BY(mutex_);
  std::deque<ClerkTrick> tricks_ ABSL_GUARDED_BY(mutex_);
  std::vector<ClerkRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<Held> held_ ABSL_GUARDED_BY(mutex_);
  bool hanging_up_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace usher
