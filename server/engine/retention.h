// Declared retention: what nobody needs any more goes, in small batches, as scheduled work.
#pragma once

#include "catalog/time.h"
#include "server/engine/deliver.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"

namespace usher {

// The work that Retention does, due at once. Enqueued whenever a server starts; from then on it keeps itself going.
WorkItem RetentionWork();

// Empties the payloads of settled events. The events themselves, what they taught and the audit stay; parked events
// keep their payload until they are settled, however old they are. Any thread may call.
class Retention {
 public:
  // Both outlive it. `keep` counts from the receipt of an event, on the machine's clock.
  Retention(Writer& writer, const Clock& clock, Millis keep) : writer_(writer), clock_(clock), keep_(keep) {}

  // Prunes one batch and settles the row: due again at once while there is more, else in an hour.
  WorkResult Run(const WorkRow& row);

 private:
  Writer& writer_;
  const Clock& clock_;
  const Millis keep_;
};

}  // namespace usher
