// usher.v1.RoleService: members, what they may do, and their roles at the identity provider.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/projection.h"
#include "server/engine/roles.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "usher/v1/role.pb.h"

namespace usher {

// Any thread may call. Every RPC reads the store; SyncRoles waits for the identity provider.
class RoleService {
 public:
  // All outlive the service. `sync` is null on a server without an identity provider.
  RoleService(Store* store, Writer* writer, const Projection* projection, const Clock* clock, RoleSync* sync);

  absl::StatusOr<v1::SyncRolesResponse> SyncRoles(const CallContext& context, const v1::SyncRolesRequest& request);
  absl::StatusOr<v1::CheckPermissionResponse> CheckPermission(const CallContext& context,
                                                              const v1::CheckPermissionRequest& request);
  absl::StatusOr<v1::PutMemberResponse> PutMember(const CallContext& context, const v1::PutMemberRequest& request);
  absl::StatusOr<v1::RemoveMemberResponse> RemoveMember(const CallContext& context,
                                                        const v1::RemoveMemberRequest& request);
  absl::StatusOr<v1::ListMembersResponse> ListMembers(const CallContext& context,
                                                      const v1::ListMembersRequest& request);

 private:
  Store& store_;
  Writer& writer_;
  const Projection& projection_;
  const Clock& clock_;
  RoleSync* const sync_;
};

}  // namespace usher
