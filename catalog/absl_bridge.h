// The only place that knows how abseil's vocabulary meets the standard one.
//
// Debian builds abseil with its own string_view, so absl::StrCat("a", std::string_view{}) and
// `std::string_view v = status.message()` do not compile there. All other code uses std types and calls what is
// declared here. Where absl::string_view is std::string_view the conversions below are the identity.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace usher {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// The message of `status`, empty when it is OK.
inline std::string StatusMessage(const absl::Status& status) { return std::string(ToStd(status.message())); }

// Error makers. A message names the thing, what was expected, and what to do.
inline absl::Status InvalidArgument(std::string_view message) { return absl::InvalidArgumentError(ToAbsl(message)); }
inline absl::Status NotFound(std::string_view message) { return absl::NotFoundError(ToAbsl(message)); }
inline absl::Status AlreadyExists(std::string_view message) { return absl::AlreadyExistsError(ToAbsl(message)); }
inline absl::Status FailedPrecondition(std::string_view message) {
  return absl::FailedPreconditionError(ToAbsl(message));
}
inline absl::Status Aborted(std::string_view message) { return absl::AbortedError(ToAbsl(message)); }
inline absl::Status Unavailable(std::string_view message) { return absl::UnavailableError(ToAbsl(message)); }
inline absl::Status Internal(std::string_view message) { return absl::InternalError(ToAbsl(message)); }
inline absl::Status DataLoss(std::string_view message) { return absl::DataLossError(ToAbsl(message)); }
inline absl::Status ResourceExhausted(std::string_view message) {
  return absl::ResourceExhaustedError(ToAbsl(message));
}
inline absl::Status DeadlineExceeded(std::string_view message) { return absl::DeadlineExceededError(ToAbsl(message)); }

struct TransparentStringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// A hash map keyed by string that can be searched by std::string_view without an allocation.
// Iteration order is unspecified: sort before anything that others can see depends on it.
template <class Value>
using StringMap = absl::flat_hash_map<std::string, Value, TransparentStringHash, std::equal_to<>>;

}  // namespace usher
