#include "tests/property/compare.h"

#include <sstream>

#include "server/core/trace.h"
#include "server/core/trace_model.h"
#include "tests/oracle/oracle.h"
#include "tests/property/history.h"

namespace usher::property {
namespace {

using oracle::OracleAnswer;
using oracle::OracleFeature;

std::string Answered(AccessState state, Reason reason, const std::optional<Value>& value) {
  std::string text = std::string(StateName(state)) + ", " + std::string(ReasonName(reason));
  return value ? text + ", " + DescribeValue(*value) : text;
}

std::string PlanNames(const Catalog& catalog, const std::vector<std::size_t>& plans) {
  std::string text = "{";
  for (const std::size_t plan : plans) text += " " + catalog.plans[plan].id.str();
  return text + " }";
}

// Empty when they agree.
std::string Difference(const Catalog& catalog, const Segment& core, const OracleAnswer& oracle) {
  for (std::size_t i = 0; i < catalog.features.size(); ++i) {
    const FeatureState& a = core.features[i];
    const OracleFeature& b = oracle.features[i];
    if (a.state == b.state && a.reason == b.reason && a.value == b.value) continue;
    return "feature " + catalog.features[i].id.str() + "\n    core:   " + Answered(a.state, a.reason, a.value) +
           "\n    oracle: " + Answered(b.state, b.reason, b.value) + "\n";
  }
  if (core.plans == oracle.plans) return "";
  return "plans\n    core:   " + PlanNames(catalog, core.plans) + "\n    oracle: " + PlanNames(catalog, oracle.plans) +
         "\n";
}

std::string Sources(const Segment& segment) {
  std::string text;
  for (const SourceRef& source : segment.sources) {
    text += "    core source:      " + std::string(StateName(source.state)) + " " +
            std::string(ReasonName(source.reason)) + " " + source.plan + " by " + source.source + "\n";
  }
  return text;
}

}  // namespace

std::optional<Disagreement> FirstDisagreement(const TenantId& tenant, std::span<const Fact> facts,
                                              const Catalog& catalog, std::span<const Instant> instants,
                                              ReasonCounts& reasons) {
  const Timeline timeline = Resolve(BuildTrace(tenant, facts), catalog);
  for (const Instant at : instants) {
    const OracleAnswer oracle = oracle::Answer(tenant, facts, catalog, at);
    for (const OracleFeature& feature : oracle.features) ++reasons[feature.reason];
    const Segment& core = SegmentAt(timeline, at);
    std::string text = Difference(catalog, core, oracle);
    if (text.empty()) continue;
    text += Sources(core);
    for (const std::string& candidate : oracle.candidates) text += "    oracle candidate: " + candidate + "\n";
    return Disagreement{tenant, at, text};
  }
  return std::nullopt;
}

std::vector<Instant> BoundariesOf(const TenantId& tenant, std::span<const Fact> facts, const Catalog& catalog) {
  std::vector<Instant> instants;
  for (const Segment& segment : Resolve(BuildTrace(tenant, facts), catalog).segments) {
    if (segment.from == kBeginning) {
      instants.push_back(kBeginning);
      continue;
    }
    for (const int millis : {-1, 0, 1}) instants.push_back(SaturatingAdd(segment.from, Millis(millis)));
  }
  return instants;
}

std::string SmallestReport(const Disagreement& found, std::vector<Fact> facts, const Catalog& catalog) {
  Disagreement smallest = found;
  ReasonCounts ignored;
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (std::size_t i = facts.size(); i-- > 0;) {
      std::vector<Fact> fewer = facts;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      const Instant instants[] = {smallest.at};
      const auto still = FirstDisagreement(found.tenant, fewer, catalog, instants, ignored);
      if (!still) continue;
      facts = std::move(fewer);
      smallest = *still;
      smaller = true;
    }
  }
  std::ostringstream out;
  out << "core and oracle differ for " << smallest.tenant.str() << " at " << FormatInstant(smallest.at) << " in "
      << smallest.text << "  facts:\n"
      << Describe(facts);
  return out.str();
}

}  // namespace usher::property
