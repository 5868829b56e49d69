// The story of a subscription, scene by scene. Pure: what happens, what Stripe reports of it, what the server must
// answer then.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/story_events.h"
#include "usher/v1/types.pb.h"

namespace usher {

// An answer that the server must give.
struct StoryAnswer {
  std::string feature;
  v1::AccessState state = v1::ACCESS_STATE_UNSPECIFIED;
  v1::ReasonCode reason = v1::REASON_CODE_UNSPECIFIED;
  std::string plan;  // the plan it rests on; empty: none
};

struct StoryDelivery {
  StoryEvent event;
  v1::Disposition disposition = v1::DISPOSITION_APPLIED;  // what it must become
};

// What the tenant's members must have at the identity provider.
struct StoryRoles {
  std::string plan;    // empty: the tenant is not known yet and has no members
  std::string owner;   // the role of an owner
  std::string member;  // and of any other member
};

struct StoryScene {
  std::string title;   // what happens in the world
  std::string remark;  // what to notice in the answers
  std::vector<StoryDelivery> deliveries;
  std::vector<StoryAnswer> answers;
  StoryRoles roles;
};

// The scenes lie within the four minutes before `now_s`, in Unix seconds. `tag`, of letters and digits, goes into every
// id.
std::vector<StoryScene> StoryScenes(const std::string& tenant, const std::string& tag, std::int64_t now_s);

}  // namespace usher
