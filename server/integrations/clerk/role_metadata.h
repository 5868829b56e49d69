// What Usher keeps at a user of Clerk, as JSON: `public_metadata.usher`. Pure.
//
//   {"tenant": "acme", "plan": "growth@2", "roles": ["admin", "seat"], "version": 7,
//    "expires_at": "2026-07-01T00:00:00Z" or null}
//
// Clerk merges what it is sent into what it has, objects within objects too, and takes null for "remove this member".
// So a member that is null was never kept, and members that somebody else put into our object stay until they are
// named.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/integrations/json.h"
#include "server/ports/identity_provider.h"

namespace usher::clerk {

// The value as it is sent; `expires_at` is null for never and for times past the year 9999, which RFC 3339 cannot say.
std::string OwnedValue(const RoleMetadata& metadata);

// Whole bytes of OwnedValue that fit. Clerk recommends less than 1.2 KB of custom claims in a session token.
inline constexpr std::size_t kMostOwnedBytes = 1199;

// The body of PATCH /v1/users/{id}/metadata: makes the owned value `desired`, nullopt: removes it. `strays`: members of
// our object that are to go.
std::string PatchBody(const std::optional<RoleMetadata>& desired, const std::vector<std::string>& strays);

// What a user of Clerk has, as far as Usher owns it.
struct OwnedMetadata {
  ObservedMetadata observed;
  std::vector<std::string> strays;  // members of our object that Usher does not write; not empty: it is unreadable
};

// Reads the JSON of a user. nullopt when it is not the user `id`: no such JSON object, another id, no metadata.
std::optional<OwnedMetadata> ReadUser(std::string_view json, const UserId& id);

}  // namespace usher::clerk
