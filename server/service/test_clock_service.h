// usher.v1.TestClockService: the server's time, for tests.
#pragma once

#include <functional>

#include <absl/status/statusor.h>

#include "server/engine/test_clock.h"
#include "server/engine/writer.h"
#include "server/service/call_context.h"
#include "usher/v1/test_clock.pb.h"

namespace usher {

// Exists only where the server has a test clock. Any thread may call.
class TestClockService {
 public:
  // Both outlive the service. `moved` is called after every successful SetTime.
  TestClockService(TestClock* clock, Writer* writer, std::function<void()> moved);

  absl::StatusOr<v1::GetTimeResponse> GetTime(const CallContext& context, const v1::GetTimeRequest& request);
  absl::StatusOr<v1::SetTimeResponse> SetTime(const CallContext& context, const v1::SetTimeRequest& request);

 private:
  TestClock& clock_;
  Writer& writer_;
  const std::function<void()> moved_;
};

}  // namespace usher
