// What the engine asks of a billing system's integration: is this webhook genuine, and what does it say?
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/time.h"
#include "server/core/fact.h"

namespace usher {

struct WebhookHeader {
  std::string name;  // compared without regard to case
  std::string value;
};

enum class SignatureVerdict {
  kGenuine,
  kForged,    // no configured secret signed these bytes, or the header is missing or malformed
  kStale,     // signed, but too long before or after the time of receipt
  kNoSecret,  // nothing is configured to verify with
};

struct SignatureCheck {
  SignatureVerdict verdict = SignatureVerdict::kForged;
  std::string message;  // for people, without secrets: what was expected and what to do; empty when genuine
};

enum class EventVerdict {
  kApply,   // the facts are what it says
  kIgnore,  // genuine and understood, and decides nothing here: a foreign account or mode, an unknown type (R17)
  kPark,    // genuine and unusable until somebody mends something (R17)
};

enum class ScopeVerdict {
  kServed,
  kForeignLivemode,  // of the other mode, whatever the account
  kForeignAccount,   // of the same mode, and another account
};

struct ScopeCheck {
  ScopeVerdict verdict = ScopeVerdict::kServed;
  std::string message;  // for people: whose events these are and what to do; empty when served
};

// What the bytes of one event amount to.
struct ParsedEvent {
  BillingScope scope;  // the provider always; the rest as far as the bytes say
  std::string id;      // empty when the bytes name none
  std::string type;    // the provider's word, empty when the bytes name none
  Instant created{};   // by the provider; the epoch when the bytes do not say
  EventVerdict verdict = EventVerdict::kPark;
  std::string reason;       // a sentence: why it is ignored or parked; empty when applied
  std::string path;         // the field that parked it, `data.object.lines.data[0].price`; else empty
  std::vector<Fact> facts;  // kApply only; may be empty
};

// One billing system. Stateless after construction; any thread may call.
class BillingSource {
 public:
  virtual ~BillingSource() = default;

  // The name in BillingScope::provider and in the request: `stripe`.
  virtual std::string_view Provider() const = 0;

  // Judges the signature over exactly `raw`, at the time of its receipt.
  virtual SignatureCheck Verify(std::string_view raw, std::span<const WebhookHeader> headers,
                                Instant received_at) const = 0;

  // Total: bytes that are no event at all come back parked. Deterministic, so an event can be read again later.
  virtual ParsedEvent Parse(std::string_view raw) const = 0;

  // Judges whether events of `scope`, which is one of this provider, are for this server. (R17)
  virtual ScopeCheck CheckScope(const BillingScope& scope) const = 0;

  // The object that a person means by `external_id`, in the account and mode that this source serves.
  // INVALID_ARGUMENT, naming the forms that can be linked, when the id has none of them.
  virtual absl::StatusOr<ObjectRef> LinkableObject(std::string_view external_id) const = 0;
};

}  // namespace usher
