#include "server/service/call_context.h"

#include <absl/strings/cord.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr char kMustWait[] = "usher/must-wait";

}  // namespace

absl::Status MustWait() {
  absl::Status status = Internal("the call has to wait, on a thread that must not");
  status.SetPayload(kMustWait, absl::Cord());
  return status;
}

bool IsMustWait(const absl::Status& status) { return !status.ok() && status.GetPayload(kMustWait).has_value(); }

}  // namespace usher
