// Whether and how the server speaks to Clerk.
#pragma once

#include <optional>
#include <string>

#include "server/base/secret.h"
#include "server/base/settings.h"

namespace usher {

struct ClerkSettings {
  std::string url;    // one that is called
  Secret secret_key;  // of the mode, test or live, that the server is in
};

// Reads the file that `key_file` names. nullopt without a name, when nothing is sent to Clerk, and when something is
// wrong: `problems` then says what, and nothing of the key.
std::optional<ClerkSettings> ReadClerkSettings(const SettingValue& key_file, const SettingValue& url,
                                               bool stripe_livemode, Problems& problems);

}  // namespace usher
