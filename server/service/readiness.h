// Whether traffic is welcome, and what a person should look at.
#pragma once

#include "server/engine/ingest.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"
#include "server/ports/store.h"
#include "server/service/health.h"

namespace usher {

// Ready means: a catalog is live, the store answers and takes changes, and the server is not stopping. Reads the store;
// while changes fail, tries one.
HealthReport Readiness(Store& store, Writer& writer, const Projection& projection, const Ingest& ingest, bool stopping);

}  // namespace usher
