// The projection: what every tenant may do under the present catalog from now on, in memory. All checks are answered
// from here.
//
// Readers never touch the store, never wait for it or for arithmetic, and allocate nothing. A view belongs to one
// catalog generation for as long as it is held; activating another builds a second world beside the present one and
// swaps pointers. The past and the sources of answers are not here: engine/stored_trace.h reads them from the store.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>

#include "catalog/absl_bridge.h"
#include "catalog/ids.h"
#include "catalog/model.h"
#include "server/base/mutex.h"
#include "server/core/outlook.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/engine/revision.h"

namespace usher {

// A committed state of one tenant, on its way into the projection.
struct TenantChange {
  TenantId tenant;
  std::int64_t version = 0;
  std::shared_ptr<const Trace> trace;
  // Resolve(*trace) under the catalog of `generation`, so that it is not done twice; null: resolve it.
  std::shared_ptr<const Timeline> timeline;
  std::int64_t generation = 0;
  // Of what was over by then, only as much is kept as checks of the present look back over.
  Instant now = kBeginning;
};

// What is known of one tenant. Points into the view that it was found in.
struct ProjectedTenant {
  std::int64_t version = 0;  // 0: no fact names the tenant
  Outlook outlook;           // strangers have what the default plans give
};

class Projection {
 private:
  class World;
  struct Retired;
  struct Pin;

 public:
  // The tenants under one catalog generation. Cheap to copy; any thread. Two lookups of one tenant may see two
  // versions: whoever answers several questions as of one moment looks each tenant up once. What was found stays as it
  // is while the view is held, and what was replaced since is freed only then: nobody holds one for long.
  class View {
   public:
    std::int64_t generation() const;
    const CatalogPtr& catalog() const;
    const std::string& catalog_hash() const;  // 64 hexadecimal digits
    ProjectedTenant Find(std::string_view tenant) const;
    ProjectedTenant Find(const TenantId& tenant) const { return Find(tenant.str()); }
    // How many tenants are known. Waits for whoever puts one; for metrics.
    std::size_t tenants() const;

   private:
    friend class Projection;
    explicit View(std::shared_ptr<const Pin> pin) : pin_(std::move(pin)) {}
    std::shared_ptr<const Pin> pin_;
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

  // How many parts the outlooks of all tenants share, for tests and measurements.
  std::size_t shared_parts() const;

 private:
  // Views are handed out by several doors, so that threads that ask at the same time write to memory of their own.
  struct alignas(64) Door {
    mutable Mutex mutex;
    std::shared_ptr<Pin> pin ABSL_GUARDED_BY(mutex);
  };
  static constexpr std::size_t kDoors = 16;
  using Pins = std::array<std::shared_ptr<Pin>, kDoors>;

  bool Reached(const Revision& revision) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets every door hand out views of `current_` from here on; `retired` is freed once no view from before is held.
  // Returns what the doors handed out before.
  Pins Repin(std::shared_ptr<const Retired> retired) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Held to copy or swap the pointers, never while resolving. Locked before the doors.
  mutable Mutex mutex_;
  mutable Condition published_;
  std::shared_ptr<World> current_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<World> draft_ ABSL_GUARDED_BY(mutex_);

  std::array<Door, kDoors> doors_;  // self-synchronised
};

}  // namespace usher
