// Core values as protobuf messages, and back. No decisions are made here.
#pragma once

#include <optional>

#include "catalog/model.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/check.h"
#include "server/core/explain.h"
#include "server/core/fact.h"
#include "server/core/timeline.h"
#include "server/engine/ingest.h"
#include "server/ports/store.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/ingest.pb.h"
#include "usher/v1/types.pb.h"

namespace usher {

// Open ends (kBeginning, kForever) must be left unset by the caller: a Timestamp reaches from year 1 to 9999, and what
// lies beyond is held at the nearer end.
google::protobuf::Timestamp ToProto(Instant at);
void Fill(Instant at, google::protobuf::Timestamp& out);
// Rounds down to milliseconds. nullopt when `at` is no valid Timestamp.
std::optional<Instant> FromProto(const google::protobuf::Timestamp& at);

v1::AccessState ToProto(AccessState state);
v1::ReasonCode ToProto(Reason reason);
v1::GrantedAccess ToProto(Access access);
v1::RemedyKind ToProto(RemedyKind kind);  // kNone: UNSPECIFIED
v1::ExplainStepKind ToProto(StepKind kind);
v1::OverrideMode ToProto(OverrideMode mode);
v1::Disposition ToProto(Disposition disposition);
v1::Disposition ToProto(EventDisposition disposition);

// The states and reasons that only a check knows come from the verdict on usage.
v1::AccessState StateOf(const Verdict& verdict);
v1::ReasonCode ReasonOf(const Verdict& verdict);

// nullopt for UNSPECIFIED and values that this version does not know.
std::optional<OverrideMode> FromProto(v1::OverrideMode mode);
std::optional<OutcomeStatus> FromProto(v1::PaymentOutcome outcome);
std::optional<EventDisposition> FromProto(v1::Disposition disposition);
// UNSPECIFIED is kUse; nullopt for NONE and unknown values.
std::optional<Access> FromProto(v1::GrantedAccess access);

v1::Value ToProto(const Value& value);
void Fill(const Value& value, v1::Value& out);
// The value when it fits the feature: its type, no negative amount, declared levels and set members, included <= cap.
// Else a sentence that says what was expected.
struct ValueOrProblem {
  std::optional<Value> value;
  std::string problem;
};
ValueOrProblem FromProto(const v1::Value& value, const Feature& feature);

v1::Source ToProto(const SourceRef& source);

// Everything of `decision` but what only the server knows: tenant_version, generation, catalog_hash, revision.
void Fill(const Verdict& verdict, const Remedy& remedy, const Catalog& catalog, std::size_t feature, v1::Decision& out);
v1::Decision ToProto(const Decision& decision, const Catalog& catalog, std::size_t feature, bool include_sources);

v1::Segment ToProto(const Segment& segment, const Catalog& catalog);

}  // namespace usher
