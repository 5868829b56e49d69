#include "server/tls/tls_watch.h"

#include <sys/stat.h>

#include <chrono>
#include <utility>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr std::chrono::milliseconds kInterval{1000};

// Changes whenever one of the files is written, replaced or pointed elsewhere.
std::string LooksOf(const TlsFiles& files) {
  std::string looks;
  for (const std::string* path : {&files.certificate, &files.key, &files.client_ca}) {
    struct stat info{};
    if (path->empty() || stat(path->c_str(), &info) != 0) {
      looks += "- ";
      continue;
    }
    for (const std::int64_t part :
         {static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino),
          static_cast<std::int64_t>(info.st_size), static_cast<std::int64_t>(info.st_mtim.tv_sec),
          static_cast<std::int64_t>(info.st_mtim.tv_nsec)}) {
      looks += std::to_string(part) + " ";
    }
  }
  return looks;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsWatch>> TlsWatch::Start(const TlsFiles& files, const Log* log) {
  std::string looks = LooksOf(files);  // before reading: a change in between is seen the next time
  absl::StatusOr<TlsMaterial> first = LoadTls(files);
  if (!first.ok()) return first.status();
  first->version = 1;
  return std::unique_ptr<TlsWatch>(new TlsWatch(files, log, *std::move(first), std::move(looks)));
}

TlsWatch::TlsWatch(const TlsFiles& files, const Log* log, TlsMaterial first, std::string seen)
    : files_(files),
      log_(*log),
      seen_(std::move(seen)),
      current_(std::make_shared<const TlsMaterial>(std::move(first))),
      thread_([this] { Run(); }) {}

TlsWatch::~TlsWatch() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  thread_.join();
}

std::shared_ptr<const TlsMaterial> TlsWatch::Current() const {
  const MutexLock lock(mutex_);
  return current_;
}

std::string TlsWatch::problem() const {
  const MutexLock lock(mutex_);
  return problem_;
}

void TlsWatch::Run() {
  while (true) {
    {
      const MutexLock lock(mutex_);
      if (stop_.WaitFor(mutex_, kInterval, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; }))
        return;
    }
    LookAgain();
  }
}

void TlsWatch::LookAgain() {
  std::string looks = LooksOf(files_);
  if (looks == seen_) return;
  seen_ = std::move(looks);
  absl::StatusOr<TlsMaterial> loaded = LoadTls(files_);
  const std::shared_ptr<const TlsMaterial> present = Current();
  if (!loaded.ok()) {
    log_.Error("the new certificate cannot be used; the one before stays",
               {{"error", StatusMessage(loaded.status())}, {"present_expires", FormatInstant(present->expires)}});
    const MutexLock lock(mutex_);
    problem_ = StatusMessage(loaded.status());
    return;
  }
  loaded->version = present->version + 1;
  log_.Info("the certificate was replaced", {{"expires", FormatInstant(loaded->expires)}});
  auto replaced = std::make_shared<const TlsMaterial>(*std::move(loaded));
  const MutexLock lock(mutex_);
  current_ = std::move(replaced);
  problem_.clear();
}

}  // namespace usher
