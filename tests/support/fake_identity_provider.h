// An identity provider in memory that a test can make slow, fail, lie and forget.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/mutex.h"
#include "server/ports/identity_provider.h"

namespace usher {

// Any thread.
class FakeIdentityProvider : public IdentityProvider {
 public:
  // Users that nobody added are unknown.
  void AddUser(const std::string& user) { Set(user, {}); }
  void RemoveUser(const std::string& user) {
    const MutexLock lock(mutex_);
    users_.erase(UserId(user));
  }
  // What somebody else left at the user.
  void Set(const std::string& user, ObservedMetadata has) {
    const MutexLock lock(mutex_);
    users_[UserId(user)] = std::move(has);
  }
  ObservedMetadata At(const std::string& user) const {
    const MutexLock lock(mutex_);
    const auto found = users_.find(UserId(user));
    return found == users_.end() ? ObservedMetadata{} : found->second;
  }

  // The next `times` calls fail so.
  void FailNext(int times, ProviderFailure failure) {
    const MutexLock lock(mutex_);
    for (int i = 0; i < times; ++i) failures_.push_back(failure);
  }
  // Every call about the user fails so; nullopt: no longer.
  void FailFor(const std::string& user, std::optional<ProviderFailure> failure) {
    const MutexLock lock(mutex_);
    if (failure) {
      failing_.insert_or_assign(UserId(user), *std::move(failure));
    } else {
      failing_.erase(UserId(user));
    }
  }
  // Writes are answered with success and kept by nobody.
  void Lie(bool lies) {
    const MutexLock lock(mutex_);
    lies_ = lies;
  }
  // Calls wait until they may go on.
  void Hold() {
    const MutexLock lock(mutex_);
    held_ = true;
  }
  void Release() {
    const MutexLock lock(mutex_);
    held_ = false;
    changed_.NotifyAll();
  }

  int reads() const {
    const MutexLock lock(mutex_);
    return reads_;
  }
  int writes() const {
    const MutexLock lock(mutex_);
    return writes_;
  }
  // The most calls that were made at a time, and calls that are being made.
  int most_at_once() const {
    const MutexLock lock(mutex_);
    return most_at_once_;
  }
  int at_once() const {
    const MutexLock lock(mutex_);
    return at_once_;
  }
  // Whether two calls about one user ever were made at a time.
  bool overlapped() const {
    const MutexLock lock(mutex_);
    return overlapped_;
  }

  std::string_view Name() const override { return "fake"; }
  ProviderContact Contact() const override { return {}; }

  std::variant<ObservedMetadata, ProviderFailure> Read(const UserId& user) override {
    const Call call(*this, user);
    const MutexLock lock(mutex_);
    ++reads_;
    if (std::optional<ProviderFailure> failure = NextFailure(user)) return *std::move(failure);
    return users_.at(user);
  }

  std::optional<ProviderFailure> Write(const UserId& user, const std::optional<RoleMetadata>& desired) override {
    const Call call(*this, user);
    const MutexLock lock(mutex_);
    ++writes_;
    if (std::optional<ProviderFailure> failure = NextFailure(user)) return failure;
    if (!lies_) users_[user] = {.metadata = desired, .unreadable = false};
    return std::nullopt;
  }

 private:
  // One call while it is made.
  class Call {
   public:
    Call(FakeIdentityProvider& provider, UserId user) : provider_(provider), user_(std::move(user)) {
      const MutexLock lock(provider_.mutex_);
      provider_.overlapped_ = provider_.overlapped_ || !provider_.busy_.insert(user_).second;
      provider_.most_at_once_ = std::max(provider_.most_at_once_, ++provider_.at_once_);
      provider_.changed_.Wait(provider_.mutex_, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !provider_.held_; });
    }
    ~Call() {
      const MutexLock lock(provider_.mutex_);
      provider_.busy_.erase(user_);
      --provider_.at_once_;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    FakeIdentityProvider& provider_;
    const UserId user_;
  };

  std::optional<ProviderFailure> NextFailure(const UserId& user) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!failures_.empty()) {
      ProviderFailure failure = failures_.front();
      failures_.pop_front();
      return failure;
    }
    if (const auto found = failing_.find(user); found != failing_.end()) return found->second;
    if (users_.contains(user)) return std::nullopt;
    return ProviderFailure{
        .kind = ProviderFailure::Kind::kUnknownUser, .message = "there is no such user", .retry_after = std::nullopt};
  }

  Condition changed_;
  mutable Mutex mutex_;
  std::map<UserId, ObservedMetadata> users_ ABSL_GUARDED_BY(mutex_);
  std::deque<ProviderFailure> failures_ ABSL_GUARDED_BY(mutex_);
  std::map<UserId, ProviderFailure> failing_ ABSL_GUARDED_BY(mutex_);
  std::set<UserId> busy_ ABSL_GUARDED_BY(mutex_);
  bool lies_ ABSL_GUARDED_BY(mutex_) = false;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool overlapped_ ABSL_GUARDED_BY(mutex_) = false;
  int at_once_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_at_once_ ABSL_GUARDED_BY(mutex_) = 0;
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  int writes_ ABSL_GUARDED_BY(mutex_) = 0;
};

inline ProviderFailure Busy(std::optional<Millis> retry_after = std::nullopt) {
  return {.kind = ProviderFailure::Kind::kRetry, .message = "too many requests", .retry_after = retry_after};
}
inline ProviderFailure WrongKey() {
  return {.kind = ProviderFailure::Kind::kRefused, .message = "the key is not valid", .retry_after = std::nullopt};
}
inline ProviderFailure TooLarge() {
  return {.kind = ProviderFailure::Kind::kFinal, .message = "it does not fit", .retry_after = std::nullopt};
}

}  // namespace usher
