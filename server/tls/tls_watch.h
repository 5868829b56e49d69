// Certificates that change without a restart.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>

#include "server/base/log.h"
#include "server/base/mutex.h"
#include "server/tls/tls_material.h"

namespace usher {

// Looks at the files once a second. New ones that fit together take effect with the next connection; those that do not
// are logged, and the present ones stay. Any thread may ask.
class TlsWatch {
 public:
  // Fails as LoadTls does. `log` outlives the watch.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Start(const TlsFiles& files, const Log* log);
  ~TlsWatch();
  TlsWatch(const TlsWatch&) = delete;
  TlsWatch& operator=(const TlsWatch&) = delete;

  // Never null.
  std::shared_ptr<const TlsMaterial> Current() const;

  // Why the files as they are now cannot take effect; empty when what they hold is what is served.
  std::string problem() const;

 private:
  TlsWatch(const TlsFiles& files, const Log* log, TlsMaterial first, std::string seen);

  void Run();
  void LookAgain();

  const TlsFiles files_;
  const Log& log_;
  std::string seen_;  // of the watching thread: what the files looked like when they were last read

  mutable Mutex mutex_;
  Condition stop_;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  std::string problem_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;  // last: it uses what stands above
};

}  // namespace usher
