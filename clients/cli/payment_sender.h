// Records many payments at a time.
#pragma once

#include <cstdint>
#include <functional>

#include <grpcpp/support/status.h>

#include "usher/v1/ingest.grpc.pb.h"

namespace usher {

// So many are on their way at a time: most of them share one commit of the server, and it has a thread for each.
inline constexpr int kPaymentsInFlight = 48;

// What became of all of them.
struct SentPayments {
  std::int64_t applied = 0;
  std::int64_t repeated = 0;  // known to the server already
  grpc::Status failure;       // OK, or why the rest was not sent
  std::int64_t failed = 0;    // the number of the payment that failed
  bool interrupted = false;   // it may fare well later
};

// Sends `payment(1)` to `payment(total)`, in no order. A server that is busy or not reached is asked again, later and
// later, for as long as any payment gets through within half a minute; any other error ends it when the calls under way
// have ended. `answered` is told now and then how many the server has answered.
SentPayments SendPayments(v1::IngestService::StubInterface& ingest, std::int64_t total,
                          const std::function<v1::RecordPaymentOutcomeRequest(std::int64_t)>& payment,
                          const std::function<void(std::int64_t)>& answered);

}  // namespace usher
