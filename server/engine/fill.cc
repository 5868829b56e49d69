#include "server/engine/fill.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "server/base/mutex.h"
#include "server/core/trace_model.h"
#include "server/engine/stored_trace.h"

namespace usher {
namespace {

constexpr std::size_t kTenantsPerPage = 256;

// What the threads share.
class Filling {
 public:
  Filling(Projection::Draft& draft, StoreReader& reader, const Clock& clock)
      : draft_(draft), clock_(clock), reader_(reader) {}

  // On any number of threads: takes pages until there are no more.
  void Work() {
    for (std::vector<TenantState> page = NextPage(); !page.empty(); page = NextPage()) {
      const Instant now = clock_.Now();
      for (const TenantState& state : page) {
        if (absl::Status added = Add(state, now); !added.ok()) return Fail(std::move(added));
      }
    }
  }

  // Once nobody works any more.
  absl::StatusOr<Filled> Result() const {
    const MutexLock lock(mutex_);
    if (!failure_.ok()) return failure_;
    return Filled{.derived_again = derived_again_};
  }

 private:
  // Empty after the last one, and after a failure.
  std::vector<TenantState> NextPage() {
    const MutexLock lock(mutex_);
    if (done_) return {};
    absl::StatusOr<std::vector<TenantState>> page = reader_.ListTenantStates(after_, kTenantsPerPage);
    done_ = !page.ok() || page->empty();
    if (!page.ok()) {
      failure_ = page.status();
      return {};
    }
    if (!done_) after_ = page->back().tenant;
    return *std::move(page);
  }

  absl::Status Add(const TenantState& state, Instant now) {
    const auto ledger = [this](const TenantId& tenant) {
      const MutexLock lock(mutex_);
      return reader_.TenantFacts(tenant, std::nullopt);
    };
    absl::StatusOr<StoredTrace> stored = ReadTrace(ledger, state);
    if (!stored.ok()) return stored.status();
    if (stored->derived_again) derived_again_ = true;
    draft_.Add({.tenant = state.tenant,
                .version = state.version,
                .trace = std::make_shared<const Trace>(std::move(stored->trace)),
                .timeline = nullptr,
                .generation = 0,
                .now = now});
    return absl::OkStatus();
  }

  void Fail(absl::Status failure) {
    const MutexLock lock(mutex_);
    done_ = true;
    if (failure_.ok()) failure_ = std::move(failure);
  }

  Projection::Draft& draft_;  // self-synchronised
  const Clock& clock_;
  std::atomic<bool> derived_again_ = false;

  mutable Mutex mutex_;
  StoreReader& reader_ ABSL_GUARDED_BY(mutex_);
  TenantId after_ ABSL_GUARDED_BY(mutex_);
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<Filled> Fill(Projection::Draft& draft, StoreReader& reader, const Clock& clock, unsigned more_threads) {
  Filling filling(draft, reader, clock);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < more_threads; ++i) threads.emplace_back([&filling] { filling.Work(); });
  filling.Work();
  for (std::thread& thread : threads) thread.join();
  return filling.Result();
}

}  // namespace usher
