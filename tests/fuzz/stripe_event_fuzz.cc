// A webhook's body: any bytes end in facts or in a sentence, and whatever facts they are, the core can live with them.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/fact_codec.h"
#include "server/core/timeline.h"
#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "server/integrations/stripe/source.h"
#include "tests/fuzz/fuzz.h"
#include "tests/property/catalogs.h"

namespace usher::fuzz {
namespace {

void RequireWellFormed(const Timeline& timeline) {
  Require(!timeline.segments.empty(), "a timeline has a segment");
  Require(timeline.segments.front().from == kBeginning, "a timeline begins at the beginning");
  Require(timeline.segments.back().until == kForever, "a timeline never ends");
  for (std::size_t i = 1; i < timeline.segments.size(); ++i) {
    Require(timeline.segments[i - 1].until == timeline.segments[i].from, "segments touch");
    Require(timeline.segments[i].from < timeline.segments[i].until, "a segment takes time");
  }
}

void RequireCoreLivesWith(const std::vector<Fact>& facts) {
  std::vector<Fact> read_back;
  for (const Fact& fact : facts) {
    const absl::StatusOr<Fact> again = DecodeFact(EncodeFact(fact));
    Require(again.ok() && EncodeFact(*again) == EncodeFact(fact), "a fact survives being stored");
    read_back.insert(read_back.begin(), *again);
  }
  for (const TenantId& tenant : TenantsIn(facts)) {
    const Trace trace = BuildTrace(tenant, facts);
    Require(TraceDigest(BuildTrace(tenant, read_back)) == TraceDigest(trace), "the order of facts does not matter");
    const absl::StatusOr<Trace> stored = DecodeTrace(EncodeTrace(trace));
    Require(stored.ok() && TraceDigest(*stored) == TraceDigest(trace), "a trace survives being stored");
    RequireWellFormed(Resolve(trace, property::PlainCatalog()));
  }
}

}  // namespace

void TryInput(std::string_view input) {
  static const std::unique_ptr<BillingSource> source = *stripe::OpenSource({.secrets = {}, .livemode = false});
  const ParsedEvent event = source->Parse(input);
  Require(event.scope.provider == "stripe", "an event of Stripe is one of Stripe");
  if (event.verdict == EventVerdict::kApply) {
    Require(event.reason.empty() && !event.id.empty(), "what is applied has an id and needs no reason");
  } else {
    Require(!event.reason.empty() && event.facts.empty(), "what is not applied has a reason and no facts");
  }
  const ParsedEvent again = source->Parse(input);
  Require(again.verdict == event.verdict && again.id == event.id && again.facts.size() == event.facts.size(),
          "an event reads the same twice");
  RequireCoreLivesWith(event.facts);
}

}  // namespace usher::fuzz
