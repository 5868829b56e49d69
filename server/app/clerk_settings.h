// Whether and how the server speaks to Clerk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/base/secret.h"

namespace usher {

struct ClerkSettings {
  std::string url;    // one that is called
  Secret secret_key;  // of the mode, test or live, that the server is in
};

// Reads the file named by --clerk-secret-key-file. nullopt without a name, when nothing is sent to Clerk, and when
// something is wrong: `problems` then says what, and nothing of the key. `url` empty: Clerk's own.
std::optional<ClerkSettings> ReadClerkSettings(const std::string& key_file, const std::string& url,
                                               bool stripe_livemode, std::vector<std::string>& problems);

}  // namespace usher
