#include "server/service/unanswered.h"

#include <chrono>

#include "server/service/error.h"

namespace usher {

absl::Status Overloaded() {
  return MakeRetryableError(v1::ERROR_REASON_OVERLOADED, "the server has as much work as it can hold; try again",
                            std::chrono::milliseconds(1000));
}

absl::Status NotBegunInTime() {
  return MakeError(v1::ERROR_REASON_DEADLINE_EXCEEDED, "the deadline passed before the work was begun");
}

absl::Status NotDoneInTime() {
  return MakeError(v1::ERROR_REASON_DEADLINE_EXCEEDED,
                   "the deadline passed before the answer was ready; a write may have happened");
}

}  // namespace usher
