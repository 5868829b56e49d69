// How many calls of each RPC began, how they ended and how long they took.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/status/status.h>
#include <google/protobuf/descriptor.h>

#include "server/base/counter.h"

namespace usher {

// The protocol by which a call reached the server.
enum class Wire { kGrpc, kConnect };
inline constexpr Wire kWires[] = {Wire::kGrpc, Wire::kConnect};

// Upper bounds of the times that calls are sorted by, in nanoseconds: 100 us to 10 s.
inline constexpr std::array<std::int64_t, 12> kCallNanosBounds = {
    100'000,    250'000,    500'000,     1'000'000,   2'500'000,     5'000'000,
    10'000'000, 25'000'000, 100'000'000, 500'000'000, 2'500'000'000, 10'000'000'000};

// The calls of one RPC over one transport. Any thread.
struct CallCounts {
  static constexpr std::size_t kCodes = 17;  // OK to UNAUTHENTICATED

  Counter started;
  std::array<Counter, kCodes> handled;  // by absl::StatusCode, whose numbers are gRPC's
  Distribution<kCallNanosBounds> nanos;
};

// The calls of one RPC. On cache lines of its own: others are counted at the same time.
struct alignas(64) MethodCalls {
  std::string service;  // `usher.v1.EntitlementService`
  std::string method;   // `CheckEntitlement`
  std::array<CallCounts, std::size(kWires)> by_wire;

  CallCounts& over(Wire wire) { return by_wire[static_cast<std::size_t>(wire)]; }
  const CallCounts& over(Wire wire) const { return by_wire[static_cast<std::size_t>(wire)]; }
};

// One call, from its beginning on. Costs four relaxed additions and two readings of the clock.
class CountedCall {
 public:
  CountedCall(MethodCalls& calls, Wire wire) : counts_(calls.over(wire)), began_(std::chrono::steady_clock::now()) {
    counts_.started.Add();
  }
  CountedCall(const CountedCall&) = delete;
  CountedCall& operator=(const CountedCall&) = delete;
  // A call that nobody ended was cut.
  ~CountedCall() {
    if (!ended_) End(absl::StatusCode::kCancelled);
  }

  // Once.
  void End(absl::StatusCode code);
  // The same, for the status that the caller is told; returns it.
  const absl::Status& End(const absl::Status& status) {
    End(status.code());
    return status;
  }

 private:
  CallCounts& counts_;
  const std::chrono::steady_clock::time_point began_;
  bool ended_ = false;
};

// Every RPC that is linked into the program, and one row for what is none. Fixed after construction.
class CallStats {
 public:
  CallStats();

  // The row of the RPC that takes `request`, of which every RPC has its own.
  MethodCalls& Of(const google::protobuf::Descriptor* request);
  // The row of `name`, `usher.v1.EntitlementService/CheckEntitlement`.
  MethodCalls& Named(std::string_view name);
  // The row of calls that name no RPC: `unknown`, whatever they named.
  MethodCalls& unknown() { return unknown_; }

  // All rows by name, the one of unknown calls last.
  std::vector<const MethodCalls*> All() const;

 private:
  std::map<std::string, std::unique_ptr<MethodCalls>, std::less<>> by_name_;
  std::unordered_map<const google::protobuf::Descriptor*, MethodCalls*> by_request_;
  MethodCalls unknown_;
};

}  // namespace usher
