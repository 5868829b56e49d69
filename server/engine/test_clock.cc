#include "server/engine/test_clock.h"

#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

constexpr char kMark[] = "test clock";

absl::StatusOr<std::optional<Instant>> ReadTime(StoreReader& reader) {
  absl::StatusOr<std::optional<std::string>> mark = reader.FindMark(kMark);
  if (!mark.ok()) return mark.status();
  if (!mark->has_value()) return std::optional<Instant>();
  std::int64_t millis = 0;
  const std::string& text = **mark;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  if (error != std::errc() || end != text.data() + text.size()) {
    return DataLoss("the store's test clock says `" + text + "`, which is no time");
  }
  return std::optional(FromUnixMillis(millis));
}

absl::Status CheckStep(Instant present, Instant at) {
  if (at < present) {
    return Refuse(Refusal::kClockBackwards, "a test clock moves forward only: it stands at " + FormatInstant(present) +
                                                ", " + FormatInstant(at) + " is before");
  }
  if (at - present <= TestClock::kLongestStep) return absl::OkStatus();
  return Refuse(Refusal::kClockTooFar,
                "a test clock moves at most two years (731 days) at a time, for nothing takes it "
                "back: it stands at " +
                    FormatInstant(present) + ", " + FormatInstant(at) + " is farther");
}

}  // namespace

absl::Status TestClock::Load(Store& store) {
  absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::optional<Instant>> time = ReadTime(**reader);
  if (!time.ok()) return time.status();
  if (time->has_value()) set_to_ = ToUnixMillis(**time);
  return absl::OkStatus();
}

Instant TestClock::Now() const {
  const std::int64_t millis = set_to_;
  return millis == kNever ? system_.Now() : FromUnixMillis(millis);
}

absl::Status TestClock::Set(Writer& writer, Instant at, std::string_view actor) {
  absl::Status committed =
      writer.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        absl::StatusOr<std::optional<Instant>> stored = ReadTime(transaction);
        if (!stored.ok()) return stored.status();
        const Instant present = stored->value_or(system_.Now());
        if (const absl::Status step = CheckStep(present, at); !step.ok()) return step;
        absl::Status put = transaction.PutMark(kMark, std::to_string(ToUnixMillis(at)));
        if (!put.ok()) return put;
        return transaction.AppendAudit({.at = at,
                                        .actor = std::string(actor),
                                        .action = "TEST_CLOCK_SET",
                                        .tenant = "",
                                        .detail = "the test clock was set to " + FormatInstant(at)});
      });
  if (!committed.ok()) return committed;
  // Two that were committed one after the other may arrive here the other way round.
  std::int64_t known = set_to_;
  while (known < ToUnixMillis(at) && !set_to_.compare_exchange_weak(known, ToUnixMillis(at))) continue;
  return absl::OkStatus();
}

absl::StatusOr<bool> HasTestClock(StoreReader& reader) {
  absl::StatusOr<std::optional<Instant>> time = ReadTime(reader);
  if (!time.ok()) return time.status();
  return time->has_value();
}

}  // namespace usher
