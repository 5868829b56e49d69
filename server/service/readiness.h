// Whether traffic is welcome, and what a person should look at.
#pragma once

#include <string>
#include <string_view>

#include "catalog/time.h"
#include "server/engine/ingest.h"
#include "server/engine/projection.h"
#include "server/engine/writer.h"
#include "server/ports/identity_provider.h"
#include "server/ports/store.h"
#include "server/service/health.h"

namespace usher {

// Ready means: a catalog is live, the store answers and takes changes, and the server is not stopping. Reads one row;
// while changes fail, tries one.
HealthReport CheckReadiness(Store& store, Writer& writer, const Projection& projection, bool stopping);

// What became of events, facts and work so far, and what of it a person should look at. Its cost grows with the store.
void AddCounts(Store& store, const Ingest& ingest, HealthReport& report);

// A worker that stands still is a warning, not a reason to keep traffic away: answers do not wait for work. `trouble`
// is Worker::trouble.
void AddWorker(std::string_view name, const std::string& trouble, HealthReport& report);

// How the identity provider `name` was when it was last asked, as of `now`. Never a reason to keep traffic away: roles
// wait for it, answers do not.
void AddIdentityProvider(std::string_view name, const ProviderContact& contact, ProviderContact::Time now,
                         HealthReport& report);

// A certificate that expires within two weeks of `now`, has expired, or cannot be replaced because of `problem`.
void AddCertificate(Instant expires, const std::string& problem, Instant now, HealthReport& report);

}  // namespace usher
