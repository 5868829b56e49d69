#include "server/core/trace.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/core/canonical_codec.h"
#include "server/core/trace_fields.h"
#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

const TenantId kAcme("acme");

struct History {
  const char* name;
  std::vector<Fact> facts;
};

// Stories with ties in time, second renderings and late links.
std::vector<History> Histories() {
  const InvoiceLine growth = Monthly("growth", kJan);
  const InvoiceLine starter = Monthly("starter", kJan);
  return {
      {"PaidDisputedWon",
       {AcmePays(), Open("in_1", kJan, {growth}), Paid("in_1", kJan, {growth}),
        Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1"),
        Dispute("dp_1", DisputeStatus::kOpen, kJan + Days(3), "ch_1"),
        Dispute("dp_1", DisputeStatus::kWon, kJan + Days(9), "ch_1")}},
      {"EqualTimesEverywhere",
       {Linked(ObjectKind::kCustomer, "cus_1", "acme", kJan), Linked(ObjectKind::kCustomer, "cus_1", "other", kJan),
        Paid("in_1", kJan, {growth}), Paid("in_1", kJan, {starter}), Paid("in_2", kJan, {starter}),
        Subscribed("sub_1", SubscriptionStatus::kActive, kJan, "growth"),
        Subscribed("sub_1", SubscriptionStatus::kPaused, kJan, "starter")}},
      {"RefundThatFails",
       {AcmePays(), Paid("in_1", kJan, {growth}), InvoicePayment("inpay_1", kJan + Days(2), "in_1", "pi_1"),
        Refund("re_1", RefundStatus::kSucceeded, kJan + Days(1), "", 1000).With([](RefundFact& fact) {
          fact.payment_intent = "pi_1";
        }),
        Refund("re_1", RefundStatus::kFailed, kJan + Days(4), "", 1000).With([](RefundFact& fact) {
          fact.payment_intent = "pi_1";
        })}},
      {"HeldThenPaid",
       {AcmePays(), Open("in_1", kJan, {growth}), AskedFor("in_1", kJan), Failed("in_1", kJan),
        AskedFor("in_1", kJan + Hours(1)), Paid("in_1", kJan + Hours(2), {growth})}},
      {"OperatorsAndOutcomes",
       {Suspension("acme", true, kJan), Suspension("acme", false, kJan),
        Outcome("o_1", OutcomeStatus::kPending, kJan, "pass"), Outcome("o_1", OutcomeStatus::kSucceeded, kJan, "pass"),
        Overridden("ov_1", OverrideMode::kSet, kJan, "sso", true),
        Overridden("ov_1", OverrideMode::kSet, kJan, "sso", false)}},
  };
}

TEST(TraceDigest, IsTheSameForEveryOrderAndRepetition) {
  int histories = 0;
  for (const History& history : Histories()) {
    SCOPED_TRACE(history.name);
    const Digest expected = TraceDigest(BuildTrace(kAcme, history.facts));
    std::vector<std::size_t> order(history.facts.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      std::vector<Fact> facts;
      for (const std::size_t index : order) facts.push_back(history.facts[index]);
      facts.push_back(facts.front());
      ASSERT_EQ(TraceDigest(BuildTrace(kAcme, facts)), expected);
      ++histories;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  RecordProperty("histories", histories);
}

TEST(BuildTrace, LeavesOutWhatBelongsToOthers) {
  for (const History& history : Histories()) {
    SCOPED_TRACE(history.name);
    std::vector<Fact> more = history.facts;
    more.push_back(Linked(ObjectKind::kCustomer, "cus_8", "somebody", kJan));
    more.push_back(Paid("in_8", kJan, {Monthly("growth", kJan).Of("sub_8", "si_8")}).With([](InvoiceFact& fact) {
      fact.customer = "cus_8";
    }));
    more.push_back(Overridden("ov_8", OverrideMode::kDeny, kJan, "sso", false).With([](OverrideFact& fact) {
      fact.tenant = TenantId("somebody");
    }));
    EXPECT_EQ(BuildTrace(kAcme, more), BuildTrace(kAcme, history.facts));
  }
}

TEST(TraceCodec, DecodingGivesBackWhatWasEncoded) {
  for (const History& history : Histories()) {
    SCOPED_TRACE(history.name);
    const Trace trace = BuildTrace(kAcme, history.facts);
    const absl::StatusOr<Trace> decoded = DecodeTrace(EncodeTrace(trace));
    ASSERT_TRUE(decoded.ok()) << StatusMessage(decoded.status());
    EXPECT_EQ(*decoded, trace);
  }
}

TEST(TraceCodec, RefusesEveryOtherForm) {
  const std::string bytes = EncodeTrace(BuildTrace(kAcme, Histories()[0].facts));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(DecodeTrace(bytes.substr(0, cut)).ok()) << cut;
  const absl::StatusOr<Trace> longer = DecodeTrace(bytes + "x");
  ASSERT_FALSE(longer.ok());
  EXPECT_EQ(longer.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StatusMessage(longer.status()), "byte " + std::to_string(bytes.size()) + ": expected the end");
}

TEST(TraceCodec, RefusesATraceOfOtherRules) {
  const Trace trace = BuildTrace(kAcme, Histories()[0].facts);
  const auto by_rules = [&](std::int64_t version) {
    CanonicalEncoder encoder;
    encoder.Put(version);
    encoder.Put(trace);
    return encoder.Take();
  };
  EXPECT_EQ(EncodeTrace(trace), by_rules(kRulesVersion));
  EXPECT_NE(TraceDigest(trace), Sha256(by_rules(kRulesVersion + 1)));
  for (const std::int64_t version : {kRulesVersion - 1, kRulesVersion + 1}) {
    const absl::StatusOr<Trace> other = DecodeTrace(by_rules(version));
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(StatusMessage(other.status()), "expected a trace by version " + std::to_string(kRulesVersion) +
                                                 " of the rules, found one by version " + std::to_string(version));
  }
}

TEST(TenantsIn, NamesEveryTenantOnceAndSorted) {
  const std::vector<Fact> facts = {Linked(ObjectKind::kCustomer, "cus_1", "zeta", kJan), Tenant("beta", kJan),
                                   Outcome("o_1", OutcomeStatus::kPending, kJan, "pass"),
                                   Overridden("ov_1", OverrideMode::kSet, kJan, "sso", true),
                                   Paid("in_1", kJan, {Monthly("growth", kJan)})};
  EXPECT_EQ(TenantsIn(facts), (std::vector<TenantId>{TenantId("acme"), TenantId("beta"), TenantId("zeta")}));
}

}  // namespace
}  // namespace usher::testing
