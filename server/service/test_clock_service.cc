#include "server/service/test_clock_service.h"

#include <optional>
#include <utility>

#include "server/service/convert.h"
#include "server/service/validate.h"

namespace usher {

TestClockService::TestClockService(TestClock* clock, Writer* writer, std::function<void()> moved)
    : clock_(*clock), writer_(*writer), moved_(std::move(moved)) {}

absl::StatusOr<v1::GetTimeResponse> TestClockService::GetTime(const CallContext& /*context*/,
                                                              const v1::GetTimeRequest& /*request*/) {
  v1::GetTimeResponse response;
  response.set_follows_system(clock_.follows_system());
  *response.mutable_time() = ToProto(clock_.Now());
  return response;
}

absl::StatusOr<v1::SetTimeResponse> TestClockService::SetTime(const CallContext& context,
                                                              const v1::SetTimeRequest& request) {
  Violations violations;
  const std::optional<Instant> at = ReadInstant(request.has_time(), request.time(), "time", violations);
  if (!request.has_time()) violations.Add("time", "expected a time, not before the one that GetTime answers");
  if (!violations.empty()) return violations.ToStatus();
  const absl::Status set = clock_.Set(writer_, *at, context.principal.name);
  if (!set.ok()) return set;
  moved_();
  v1::SetTimeResponse response;
  *response.mutable_time() = ToProto(*at);
  return response;
}

}  // namespace usher
