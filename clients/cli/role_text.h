// Members, roles and permissions as people read them. Pure.
#pragma once

#include <string>

#include "clients/cli/table.h"
#include "usher/v1/role.pb.h"

namespace usher {

// `growth@2: pro, viewer; v3, until 2026-02-01T00:00:00Z`.
std::string MetadataText(const v1::RoleMetadata& metadata);

// The row `user, desired, observed, action` of one user.
std::vector<Cell> UserRow(const v1::UserRoles& user, bool dry_run);

// The user has what it should when the run is over.
bool IsInStep(const v1::UserRoles& user, bool dry_run);

// The answer in a few lines.
std::string PermissionText(const v1::CheckPermissionRequest& request, const v1::CheckPermissionResponse& answer,
                           bool colors);

}  // namespace usher
