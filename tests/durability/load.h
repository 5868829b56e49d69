// Several senders at once that deliver webhooks to a server until it is gone.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include <absl/status/status.h>

#include "server/base/mutex.h"
#include "tests/durability/webhooks.h"

namespace usher {

// Delivers one webhook. OK: it was acknowledged. UNAVAILABLE: the server is gone.
using Sender = std::function<absl::Status(const Webhook& webhook)>;

class Load {
 public:
  Load(unsigned seed, int senders, Pace pace = {}) : senders_(senders), source_(seed, pace) {}

  // Delivers until every sender met a failure; `make_sender` is called once for each, on its thread. `acknowledged` is
  // called after each event that was never acknowledged before, with how many there were in this run; it may end the
  // server. Whatever was not acknowledged is sent again in the next run, as a billing system does. Returns the number
  // of newly acknowledged events.
  int Run(const std::function<Sender()>& make_sender, const std::function<void(int)>& acknowledged);

  // Every event that was ever acknowledged.
  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  // The body of every event that was ever sent.
  const std::map<std::string, std::string>& bodies() const { return source_.bodies(); }
  // A failure that was not the server's end: empty, unless it is broken.
  const std::string& refusal() const { return refusal_; }

 private:
  Webhook Next();
  void Send(const Sender& sender, const std::function<void(int)>& acknowledged);

  const int senders_;
  Mutex mutex_;  // guards what follows while a run lasts
  WebhookSource source_;
  std::deque<Webhook> in_doubt_;  // sent, and not acknowledged
  std::set<std::string> acknowledged_;
  std::string refusal_;
  int new_ = 0;
};

}  // namespace usher
