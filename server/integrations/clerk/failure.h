// What an answer of Clerk that is no user means. Pure.
#pragma once

#include <optional>
#include <string>

#include "server/outbound/http_client.h"
#include "server/ports/identity_provider.h"

namespace usher::clerk {

// The longest that Clerk is believed when it asks to be left alone.
inline constexpr Millis kLongestRetryAfter{60 * 60 * 1000};

ProviderFailure Retry(std::string message, std::optional<Millis> retry_after = std::nullopt);
ProviderFailure Refused(std::string message);
ProviderFailure Final(std::string message);

// `answer` has any status but 200. Its texts may hold personal data, so that its error code is all that is told.
ProviderFailure FailureOf(const HttpAnswer& answer);

}  // namespace usher::clerk
