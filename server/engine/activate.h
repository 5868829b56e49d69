// Activating a catalog: a new generation, and every tenant's timeline under it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/model.h"
#include "server/base/mutex.h"
#include "server/engine/fill.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

struct ActivationRequest {
  CatalogPtr catalog;
  std::string source;                  // the text it was loaded from, kept so that the past can be replayed
  std::string actor;                   // `file`, or who asked
  bool allow_changed_content = false;  // other content under a live name@version is a warning, for development
};

struct Activation {
  std::int64_t generation = 0;
  bool changed = false;               // false: this catalog was the latest generation already
  std::vector<std::string> warnings;  // sentences
};

// Any thread may call; one activation runs at a time, beside checks and ingest. Every tenant is resolved anew, so what
// the new catalog maps heals (R14). Boundaries and effects follow as a pass over all tenants, which is work
// (schedule.h).
class Activator {
 public:
  // All outlive it.
  Activator(Store& store, Writer& writer, Projection& projection, const Clock& clock)
      : store_(store), writer_(writer), projection_(projection), clock_(clock) {}

  // OK when the generation is durable and answers come from it. The first activation of a process loads the projection.
  // Refusal: kPublishedChanged, with the way out. On any failure the present generation goes on answering.
  absl::StatusOr<Activation> Activate(const ActivationRequest& request);

 private:
  // The generation's number, and whether it may follow the present one.
  absl::Status Number(const ActivationRequest& request, Activation& activation);
  absl::StatusOr<Filled> FillDraft(Projection::Draft& draft);
  absl::Status Record(const ActivationRequest& request, std::int64_t generation);
  absl::Status AskForPass();

  Store& store_;
  Writer& writer_;
  Projection& projection_;
  const Clock& clock_;

  Mutex mutex_;  // held during an activation
};

}  // namespace usher
