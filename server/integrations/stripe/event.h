// From the bytes of a Stripe event to facts.
//
// Stripe renders an event in the API version of whoever asked for it, so one stream mixes versions: each field is read
// wherever one of the known shapes puts it, whatever `api_version` says. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/integrations/stripe/parsed_event.h"

namespace usher::stripe {

// Whose events are wanted.
struct ParseContext {
  bool livemode = false;
  std::string account;  // the connected account, empty for the own one
};

inline constexpr std::size_t kMaxEventBytes = 1024 * 1024;

// Reads one event whose signature was verified. Never fails: what cannot be used is parked with the path of the field.
ParsedEvent Parse(std::string_view body, const ParseContext& context);

// The event types that decide something, sorted: what an endpoint should be sent. `invoice.created` is not among them
// and must not be subscribed to: Stripe holds charges back for up to 72 h while its delivery fails.
std::vector<std::string_view> DecidingEventTypes();

}  // namespace usher::stripe
