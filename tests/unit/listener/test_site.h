// A site that answers what and when a test says, and a listener before it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <gtest/gtest.h>

#include "server/base/mutex.h"
#include "server/listener/listener.h"

namespace usher {

// `/head...` is answered before its body, `/gate` when the test opens the gate, `/large` with more than any socket
// holds; all else is an echo of the body. Refusals have statuses from 460 on.
class TestSite final : public HttpSite {
 public:
  std::optional<HttpResponse> AnswerHead(const HttpRequest& head) override {
    if (!head.Path().starts_with("/head")) return std::nullopt;
    return Text(200, "head");
  }

  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override {
    const std::string path(request.Path());
    const auto until = std::chrono::steady_clock::now() + patience;
    Held held{.done = std::move(done), .answer = Text(200, path == "/large" ? LargeBody() : request.body)};
    {
      const MutexLock lock(mutex_);
      last_ = std::move(request);
      if (path == "/gate" && !open_) {
        held_.push_back(std::move(held));
        ++waiting_;
        changed_.NotifyAll();
        return until;
      }
    }
    held.done(std::move(held.answer));
    return until;
  }

  void GiveUp() override {
    gave_up = true;
    if (opens_when_given_up) Open();
  }

  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits&) const override {
    return Text(460 + static_cast<int>(refusal), "refused");
  }

  // False when so many requests did not stand at the gate within ten seconds.
  bool WaitUntilWaiting(int requests) {
    const MutexLock lock(mutex_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return waiting_ >= requests; };
    return changed_.WaitFor(mutex_, std::chrono::milliseconds(10'000), enough);
  }

  // A request stands or stood at the gate.
  bool waiting() {
    const MutexLock lock(mutex_);
    return waiting_ > 0;
  }

  // Answers what waits, on the calling thread, and lets later requests pass.
  void Open() {
    std::vector<Held> held;
    {
      const MutexLock lock(mutex_);
      open_ = true;
      held.swap(held_);
    }
    for (Held& request : held) request.done(std::move(request.answer));
  }

  // The last request that was handed over whole.
  HttpRequest last() {
    const MutexLock lock(mutex_);
    return last_;
  }

  static std::string LargeBody() { return std::string(64 * 1024 * 1024, 'x'); }

  // Set before the listener starts.
  std::chrono::milliseconds patience{60'000};
  bool opens_when_given_up = false;

  std::atomic<bool> gave_up = false;

 private:
  struct Held {
    HttpDone done;
    HttpResponse answer;
  };

  static HttpResponse Text(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }

  Condition changed_;  // self-synchronised

  Mutex mutex_;
  std::vector<Held> held_ ABSL_GUARDED_BY(mutex_);
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  HttpRequest last_ ABSL_GUARDED_BY(mutex_);
};

constexpr int StatusOf(HttpRefusal refusal) { return 460 + static_cast<int>(refusal); }

class ListenerTest : public testing::Test {
 protected:
  ~ListenerTest() override { site_.Open(); }

  void Start(const HttpLimits& limits = {}) {
    auto listener = HttpListener::Start({.host = "127.0.0.1", .port = 0}, limits, &site_);
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }

  std::uint16_t port() const { return listener_->port(); }

  static std::string Get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

  TestSite site_;
  std::unique_ptr<HttpListener> listener_;
};

}  // namespace usher
