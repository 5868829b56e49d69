// The projection: every tenant's timeline under the present catalog, in memory. All checks are answered from here.
//
// Readers never touch the store and never wait for it. A view belongs to one catalog generation for as long as it is
// held; activating another builds a second world beside the present one and swaps one pointer.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>

#include "catalog/absl_bridge.h"
#include "catalog/digest.h"
#include "catalog/ids.h"
#include "catalog/model.h"
#include "server/base/mutex.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/engine/revision.h"

namespace usher {

// A committed state of one tenant, on its way into the projection.
struct TenantChange {
  TenantId tenant;
  std::int64_t version = 0;
  Digest digest;  // TraceDigest(*trace)
  std::shared_ptr<const Trace> trace;
  // Resolve(*trace) under the catalog of `generation`, so that it is not done twice; null: resolve it.
  std::shared_ptr<const Timeline> timeline;
  std::int64_t generation = 0;
};

// What is known of one tenant.
struct ProjectedTenant {
  std::int64_t version = 0;  // 0: no fact names the tenant
  Digest digest;
  std::shared_ptr<const Timeline> timeline;  // never null: strangers have what the default plans give
};

class Projection {
 private:
  class World;

 public:
  // The tenants under one catalog generation. Cheap to copy; any thread. Two lookups of one tenant may see two
  // versions: whoever answers several questions as of one moment looks each tenant up once.
  class View {
   public:
    std::int64_t generation() const;
    const CatalogPtr& catalog() const;
    ProjectedTenant Find(const TenantId& tenant) const;

   private:
    friend class Projection;
    explicit View(std::shared_ptr<const World> world) : world_(std::move(world)) {}
    std::shared_ptr<const World> world_;
  };

  // A generation in the making: it receives every change that is published while it is filled.
  class Draft {
   public:
    // Older versions than the one already there are left out.
    void Add(const TenantChange& change);

   private:
    friend class Projection;
    explicit Draft(std::shared_ptr<World> world) : world_(std::move(world)) {}
    std::shared_ptr<World> world_;
  };

  Projection();
  ~Projection();
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;

  // Nullopt before the first activation.
  std::optional<View> Current() const;

  // Makes committed changes visible. Any thread, in any order: the greater version stays.
  void Publish(std::span<const TenantChange> changes);

  // One draft at a time: StartDraft replaces the one before. Adopt makes it the current view.
  Draft StartDraft(std::int64_t generation, CatalogPtr catalog);
  void Adopt(const Draft& draft);
  void Discard(const Draft& draft);

  // Waits until the projection knows at least `revision`. Refusal kRevisionNotReached when `max_wait` has passed.
  absl::Status Await(const Revision& revision, std::chrono::milliseconds max_wait) const;

 private:
  bool Reached(const Revision& revision) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Held to copy or swap the pointers, never while resolving.
  mutable Mutex mutex_;
  mutable Condition published_;
  std::shared_ptr<World> current_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<World> draft_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace usher
