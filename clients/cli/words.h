// The server's words as people read them.
#pragma once

#include <cstdint>
#include <string>

#include <google/protobuf/timestamp.pb.h>

#include "catalog/time.h"
#include "clients/cli/paint.h"
#include "usher/v1/types.pb.h"

namespace usher {

// `granted`, `payment required`.
std::string StateWord(v1::AccessState state);
// `authentication required`.
std::string ReasonWord(v1::ReasonCode reason);
// `applied`.
std::string DispositionWord(v1::Disposition disposition);

// Why a feature is in its state, as the end of a sentence: `the bank asks the payer to authenticate`. Empty for a
// reason of a newer server.
std::string_view ReasonSentence(v1::ReasonCode reason);

// What somebody has to do, as a sentence without full stop; empty when there is nothing.
std::string RemedySentence(const v1::Remedy& remedy);

// `1,234,567`.
std::string Grouped(std::int64_t number);
// `yes`, `25`, `unlimited`, `100,000 included, up to 500,000`, `priority`, `eu, us`; empty when nothing is set.
std::string ValueText(const v1::Value& value);
// The same in few columns: `100k/500k`.
std::string ShortValueText(const v1::Value& value);

Ink StateInk(v1::AccessState state);

Instant ToInstant(const google::protobuf::Timestamp& at);
google::protobuf::Timestamp ToTimestamp(Instant at);
// `2026-11-21T10:00:00Z`
std::string TimeText(const google::protobuf::Timestamp& at);
// How far `at` is from `from`: `in 29 days`, `3 minutes ago`, `now`.
std::string DistanceText(Instant from, Instant at);

}  // namespace usher
