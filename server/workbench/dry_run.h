// What a Stripe event would amount to, without a server.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/integrations/stripe/event.h"

namespace usher {

// One event that was read from a file, and the verdict that ingest would give it. A dry run knows no other events: it
// cannot tell a DUPLICATE.
struct DryRun {
  std::string file;
  stripe::ParsedEvent event;
};

// `livemode`: of the server that is imagined.
DryRun DryRunStripeEvent(std::string file, std::string_view body, bool livemode);

// For people: a line per event, under it the reason or the facts.
std::string DryRunTable(std::span<const DryRun> runs);

// For programs: one JSON object a line with file, event_id, type, verdict (`APPLIED`, `IGNORED`, `PARKED`), reason,
// path, message and facts.
std::string DryRunJson(std::span<const DryRun> runs);

}  // namespace usher
