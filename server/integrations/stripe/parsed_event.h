// What an event amounts to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/time.h"
#include "server/core/fact.h"

namespace usher::stripe {

enum class Verdict {
  kFacts,    // it says something about payments: at least one fact
  kIgnored,  // it is not for us, or decides nothing
  kParked,   // it is for us and would decide something, but cannot be used
};

enum class ParseReason {
  kNone,  // kFacts
  // kIgnored
  kTypeNotUsed,
  kForeignLivemode,
  kForeignAccount,
  // kParked
  kNotAnEvent,     // no JSON object within the limits
  kDuplicateName,  // a name stands twice in one object: readers would disagree about what was signed
  kFieldMissing,
  kFieldType,        // a decisive field of another JSON type
  kFieldValue,       // of the right type, but with no possible meaning
  kUnknownValue,     // an enum value of a later version, for which nothing safe can be assumed
  kContradiction,    // two fields cannot both be true
  kLinesIncomplete,  // a list was cut at its first page
  kNeedsRefetch,     // a thin event, which names its object without showing it
};

// `FIELD_MISSING`, `TYPE_NOT_USED`; empty for kNone.
std::string_view ParseReasonName(ParseReason reason);
// `APPLIED`, `IGNORED`, `PARKED`: what becomes of the event, in the words of the inbox.
std::string_view VerdictName(Verdict verdict);

struct ParsedEvent {
  // The envelope, as far as it could be read; a body that is no event leaves all of it empty.
  std::string id;
  std::string type;
  std::string api_version;
  std::string account;
  bool livemode = false;
  Instant created{};
  std::string snapshot_event;  // of a thin event: the id of the full event about the same change

  Verdict verdict = Verdict::kParked;
  ParseReason reason = ParseReason::kNone;
  std::string path;         // of the field that parked it, `body` for all of it; empty otherwise
  std::string message;      // a sentence about the reason; empty for kFacts
  std::vector<Fact> facts;  // the event's own object first; without repetition; empty unless kFacts
};

}  // namespace usher::stripe
