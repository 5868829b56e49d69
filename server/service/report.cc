#include "server/service/report.h"

#include "server/base/random.h"
#include "server/service/error.h"

namespace usher {

absl::Status ReportError(const absl::Status& error, std::string_view method, const Log& log) {
  const absl::Status reported = WithReason(error);
  if (ReasonOf(reported) != v1::ERROR_REASON_INTERNAL) return reported;
  const std::string id = RandomId();
  log.Error("a call failed", {{"method", method}, {"request_id", id}, {"error", error.ToString()}});
  return MakeError(v1::ERROR_REASON_INTERNAL, "the server failed; its log has a line with this request_id",
                   {{"request_id", id}});
}

}  // namespace usher
