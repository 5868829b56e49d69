#include "server/service/work_service.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "server/engine/dead_letters.h"
#include "server/service/convert.h"
#include "server/service/page_token.h"
#include "server/service/validate.h"

namespace usher {
namespace {

v1::WorkKind KindMessage(WorkKind kind) {
  switch (kind) {
    case WorkKind::kBoundary: return v1::WORK_KIND_BOUNDARY;
    case WorkKind::kRoles: return v1::WORK_KIND_ROLES;
    case WorkKind::kRetention: return v1::WORK_KIND_RETENTION;
    case WorkKind::kCatalog: return v1::WORK_KIND_CATALOG;
  }
  return v1::WORK_KIND_UNSPECIFIED;
}

std::optional<WorkKind> KindOf(v1::WorkKind kind) {
  for (const WorkKind known : kWorkKinds) {
    if (KindMessage(known) == kind) return known;
  }
  return std::nullopt;
}

v1::WorkState StateOf(const WorkRow& row, Instant now) {
  if (row.dead) return v1::WORK_STATE_DEAD;
  return row.lease_until > now ? v1::WORK_STATE_RUNNING : v1::WORK_STATE_WAITING;
}

v1::Work WorkMessage(const WorkRow& row, Instant now) {
  v1::Work work;
  work.set_work_id(row.id);
  work.set_kind(KindMessage(row.kind));
  work.set_key(row.key);
  work.set_tenant_id(row.tenant.str());
  work.set_state(StateOf(row, now));
  *work.mutable_due_at() = ToProto(row.due);
  work.set_attempts(
      static_cast<std::int32_t>(std::min<std::int64_t>(row.attempts, std::numeric_limits<std::int32_t>::max())));
  work.set_last_error(row.last_error);
  *work.mutable_created_at() = ToProto(row.created_at);
  return work;
}

std::string WritePosition(const WorkRow& row) {
  return std::to_string(row.dead ? 1 : 0) + " " + std::to_string(ToUnixMillis(row.due)) + " " + std::to_string(row.id);
}

WorkPosition ReadPosition(const std::string& text) {
  int dead = 0;
  std::int64_t due = 0;
  WorkPosition position;
  std::istringstream(text) >> dead >> due >> position.id;
  position.dead = dead != 0;
  position.due = FromUnixMillis(due);
  return position;
}

absl::StatusOr<WorkFilter> ReadFilter(const v1::ListWorkRequest& request, const std::string& list,
                                      Violations& violations) {
  WorkFilter filter;
  filter.limit = ReadPageSize(request.page_size(), violations);
  filter.dead_only = request.dead_only();
  if (request.kind() != v1::WORK_KIND_UNSPECIFIED) {
    filter.kind = KindOf(request.kind());
    if (!filter.kind) violations.Add("kind", "expected BOUNDARY, ROLES, RETENTION or CATALOG, or none for all");
  }
  if (request.page_token().empty()) return filter;
  const absl::StatusOr<std::string> position = DecodePageToken(list, request.page_token());
  if (!position.ok()) return position.status();
  filter.after = ReadPosition(*position);
  return filter;
}

}  // namespace

WorkService::WorkService(Store* store, Writer* writer, const Clock* clock, const Clock* machine_clock)
    : store_(*store), writer_(*writer), clock_(*clock), machine_clock_(*machine_clock) {}

absl::StatusOr<v1::ListWorkResponse> WorkService::ListWork(const CallContext& /*context*/,
                                                           const v1::ListWorkRequest& request) {
  const std::string list = "work " + std::to_string(request.kind()) + (request.dead_only() ? " dead" : "");
  Violations violations;
  absl::StatusOr<WorkFilter> filter = ReadFilter(request, list, violations);
  if (!violations.empty()) return violations.ToStatus();
  if (!filter.ok()) return filter.status();
  const std::size_t page_size = filter->limit;
  filter->limit = page_size + 1;  // one more tells whether there is another page
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::vector<WorkRow>> rows = (*reader)->ListWork(*filter);
  if (!rows.ok()) return rows.status();
  v1::ListWorkResponse response;
  response.set_next_page_token(CutPage(*rows, page_size, list, WritePosition));
  const Instant now = machine_clock_.Now();
  for (const WorkRow& row : *rows) *response.add_work() = WorkMessage(row, now);
  return response;
}

absl::StatusOr<v1::RedriveWorkResponse> WorkService::RedriveWork(const CallContext& context,
                                                                 const v1::RedriveWorkRequest& request) {
  Violations violations;
  if (request.work_id() < 1) violations.Add("work_id", "expected the id of a piece of work, as ListWork tells it");
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<WorkRow> row =
      RedriveDeadLetter(writer_, request.work_id(), context.principal.name, clock_.Now());
  if (!row.ok()) return row.status();
  v1::RedriveWorkResponse response;
  *response.mutable_work() = WorkMessage(*row, machine_clock_.Now());
  return response;
}

}  // namespace usher
