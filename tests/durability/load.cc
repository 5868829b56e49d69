#include "tests/durability/load.h"

#include <thread>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"

namespace usher {

int Load::Run(const std::function<Sender()>& make_sender, const std::function<void(int)>& acknowledged) {
  new_ = 0;
  std::vector<std::thread> senders;
  for (int sender = 0; sender < senders_; ++sender) {
    senders.emplace_back([this, &make_sender, &acknowledged] { Send(make_sender(), acknowledged); });
  }
  for (std::thread& sender : senders) sender.join();
  return new_;
}

Webhook Load::Next() {
  MutexLock lock(mutex_);
  if (in_doubt_.empty()) return source_.Next();
  Webhook webhook = std::move(in_doubt_.front());
  in_doubt_.pop_front();
  return webhook;
}

void Load::Send(const Sender& sender, const std::function<void(int)>& acknowledged) {
  while (true) {
    const Webhook webhook = Next();
    const absl::Status sent = sender(webhook);
    int count = 0;
    {
      MutexLock lock(mutex_);
      if (!sent.ok()) {
        if (!absl::IsUnavailable(sent)) refusal_ = StatusMessage(sent);
        in_doubt_.push_back(webhook);
        return;
      }
      if (acknowledged_.insert(webhook.id).second) count = ++new_;
    }
    if (count > 0) acknowledged(count);
  }
}

}  // namespace usher
