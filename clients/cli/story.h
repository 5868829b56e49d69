// usher story: a demonstration that is a proof. It sends signed Stripe events through a relay, asks the server after
// each scene, and fails when an answer is not the one that the story tells.
#pragma once

#include <string>

#include "clients/cli/command.h"

namespace usher {

struct StoryArguments {
  std::string relay = "http://127.0.0.1:7482";
  std::string secret_file;
  std::string clerk_url;       // where roles are read; empty: the story has no members
  std::string clerk_key_file;  // with the secret key for it
};

// kExitYes when every event became and every answer was what it had to be, kExitNo when one was not,
// kExitCouldNotAsk when the server, the relay or the secret is missing.
int PlayStory(const CommandContext& context, const StoryArguments& arguments);

}  // namespace usher
