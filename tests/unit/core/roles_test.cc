#include "server/core/roles.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resolve_case.h"

namespace usher::testing {
namespace {

using Indexes = std::vector<std::size_t>;

// Kinds, roles and permissions by index.
constexpr std::size_t kMember = 0;
constexpr std::size_t kOwner = 1;
constexpr std::size_t kAnalyst = 0;
constexpr std::size_t kPro = 1;
constexpr std::size_t kProAdmin = 2;
constexpr std::size_t kViewer = 3;
constexpr std::size_t kApiExport = 0;    // requires api, of pro and pro_admin
constexpr std::size_t kProjectRead = 1;  // of everybody but the analyst
constexpr std::size_t kSsoSet = 2;       // requires sso, of viewer and pro_admin

// free: viewer for all. starter: member viewer, owner pro. growth: member pro, owner pro_admin. insight: member
// analyst.
CatalogPtr MembersCatalog(const std::function<void(Catalog&)>& change = nullptr) {
  return CoreCatalog([&](Catalog& catalog) {
    catalog.member_kinds = {{.name = "member", .clerk = {}}, {.name = "owner", .clerk = {}}};
    catalog.permissions = {{.id = PermissionId("api.export"), .requires_feature = kApi},
                           {.id = PermissionId("project.read"), .requires_feature = std::nullopt},
                           {.id = PermissionId("sso.set"), .requires_feature = kSso}};
    catalog.roles = {{.id = RoleId("analyst"), .permissions = {}},
                     {.id = RoleId("pro"), .permissions = {kApiExport, kProjectRead}},
                     {.id = RoleId("pro_admin"), .permissions = {kApiExport, kProjectRead, kSsoSet}},
                     {.id = RoleId("viewer"), .permissions = {kProjectRead, kSsoSet}}};
    catalog.plans[kFreePlan].member_roles = {{kViewer}, {kViewer}};
    catalog.plans[kStarterPlan].member_roles = {{kViewer}, {kPro}};
    catalog.plans[kGrowthPlan].member_roles = {{kPro}, {kProAdmin}};
    catalog.plans[kInsightPlan].member_roles = {{kAnalyst}, {}};
    if (change) change(catalog);
  });
}

const Fact kPaid = Paid("in_1", kJan, {Monthly("growth", kJan)});
const Fact kCharged = Charge("ch_1", ChargeStatus::kSucceeded, kJan, "in_1");
const Fact kInsightPaid = Paid("in_2", kJan, {Monthly("insight", kJan).Of("sub_2", "si_2")});
constexpr Instant kGraceEnd = kFeb + Hours(72);

struct RolesCase {
  const char* name;
  std::vector<Fact> facts;
  Instant at;
  std::optional<std::size_t> kind;
  Indexes plans;
  Indexes roles;
  Instant until = kForever;
};

void ExpectRoles(const std::vector<RolesCase>& rows, const CatalogPtr& catalog = MembersCatalog()) {
  for (const RolesCase& row : rows) {
    SCOPED_TRACE(row.name);
    const RolesUntil roles = RolesAt(*catalog, TimelineOf(row.facts, catalog), row.kind, row.at);
    EXPECT_EQ(roles.has.plans, row.plans);
    EXPECT_EQ(roles.has.roles, row.roles);
    EXPECT_EQ(FormatInstant(roles.until), FormatInstant(row.until));
  }
}

TEST(Roles, FollowWhatThePlanIs) {
  ExpectRoles({
      // name                  facts                     at              kind     plans         roles    until
      {"Stranger", {}, kJan, kMember, {kFreePlan}, {kViewer}},
      {"Paid", {AcmePays(), kPaid}, kJan, kMember, {kGrowthPlan}, {kPro}, kGraceEnd},
      {"PaidOwner", {AcmePays(), kPaid}, kJan, kOwner, {kGrowthPlan}, {kProAdmin}, kGraceEnd},
      {"BeforeItWasPaid", {AcmePays(), kPaid}, kJan - kMs, kMember, {kFreePlan}, {kViewer}, kJan},
      {"Grace", {AcmePays(), kPaid}, kFeb, kMember, {kGrowthPlan}, {kPro}, kGraceEnd},
      {"LastMomentOfGrace", {AcmePays(), kPaid}, kGraceEnd - kMs, kMember, {kGrowthPlan}, {kPro}, kGraceEnd},
      {"Lapsed", {AcmePays(), kPaid}, kGraceEnd, kMember, {kFreePlan}, {kViewer}},
      {"UnknownKind", {AcmePays(), kPaid}, kJan, std::nullopt, {kGrowthPlan}, {}, kGraceEnd},
  });
}

TEST(Roles, AreTheDefaultPlansWithoutValue) {
  const Fact open = Open("in_1", kJan, {Monthly("growth", kJan)});
  const Fact refund = Refund("re_1", RefundStatus::kSucceeded, kJan + Days(1), "ch_1", 1000);
  const Fact dispute = Dispute("dp_1", DisputeStatus::kOpen, kJan + Days(1), "ch_1");
  const Fact suspension = Suspension("acme", true, kJan + Days(1));
  const Instant then = kJan + Days(2);
  ExpectRoles({
      {"Held", {AcmePays(), open, AskedFor("in_1", kJan)}, kJan + Hours(1), kMember, {kFreePlan}, {kViewer}},
      {"PaymentRequired", {AcmePays(), open}, then, kMember, {kFreePlan}, {kViewer}},
      {"Refunded", {AcmePays(), kPaid, kCharged, refund}, then, kMember, {kFreePlan}, {kViewer}},
      {"Disputed", {AcmePays(), kPaid, kCharged, dispute}, then, kOwner, {kFreePlan}, {kViewer}},
      {"SuspendedByItsOperator", {AcmePays(), kPaid, suspension}, then, kOwner, {kFreePlan}, {kViewer}},
  });
}

TEST(Roles, OfALapsedTenantThatIsBlockedAreTheDefaultPlansAsWell) {
  ExpectRoles({{"Blocked", {AcmePays(), kPaid}, kGraceEnd, kMember, {kFreePlan}, {kViewer}}},
              MembersCatalog([](Catalog& catalog) {
                for (Plan& plan : catalog.plans) plan.policy.lapsed = Lapsed::kBlock;
              }));
}

TEST(Roles, OfSeveralGroupsAreUnited) {
  ExpectRoles({
      {"Both",
       {AcmePays(), kPaid, kInsightPaid},
       kJan,
       kMember,
       {kGrowthPlan, kInsightPlan},
       {kAnalyst, kPro},
       kGraceEnd},
      {"OneAndTheOthersDefault",
       {AcmePays(), kInsightPaid},
       kJan,
       kMember,
       {kFreePlan, kInsightPlan},
       {kAnalyst, kViewer},
       kGraceEnd},
      {"AKindThatTheOtherGroupForgets",
       {AcmePays(), kPaid, kInsightPaid},
       kJan,
       kOwner,
       {kGrowthPlan, kInsightPlan},
       {kProAdmin},
       kGraceEnd},
  });
}

TEST(Roles, AreNoneWhereNothingCarriesValueAndNoDefaultPlanIsDeclared) {
  ExpectRoles({{"Nothing", {}, kJan, kMember, {}, {}},
               {"InsightAlone", {AcmePays(), kInsightPaid}, kJan, kMember, {kInsightPlan}, {kAnalyst}, kGraceEnd},
               {"InsightEnded", {AcmePays(), kInsightPaid}, kGraceEnd, kMember, {}, {}}},
              MembersCatalog([](Catalog& catalog) { catalog.groups[1].default_plan.reset(); }));
}

TEST(Roles, OfATrialAreThoseOfThePlanThatItGrants) {
  const Fact trial_invoice = Paid("in_1", kJan, {Line("growth", kJan, kJan + Days(14)).Amount(0)});
  const Fact subscription = FactBuilder<SubscriptionFact>(Ref(ObjectKind::kSubscription, "sub_1"), SubscriptionFact{})
                                .At(kJan)
                                .With([](SubscriptionFact& fact) {
                                  fact.status = SubscriptionStatus::kTrialing;
                                  fact.customer = "cus_1";
                                  fact.trial_start = kJan;
                                  fact.trial_end = kJan + Days(14);
                                  fact.has_payment_method = false;
                                  fact.items = {{.id = "si_1", .price = PriceId("growth"), .quantity_milli = 1000}};
                                });
  ExpectRoles({{"Trial",
                {AcmePays(), trial_invoice, subscription},
                kJan + Days(1),
                kOwner,
                {kStarterPlan},
                {kPro},
                kJan + Days(14)}});
}

TEST(Roles, OfATenantOnABillingTestClockChangeByEventsAlone) {
  const Fact subscription = FactBuilder<SubscriptionFact>(Ref(ObjectKind::kSubscription, "sub_1"), SubscriptionFact{})
                                .At(kJan)
                                .With([](SubscriptionFact& fact) {
                                  fact.status = SubscriptionStatus::kActive;
                                  fact.customer = "cus_1";
                                  fact.test_clock = "clock_1";
                                });
  ExpectRoles({{"Frozen",
                {AcmePays(), kPaid, subscription, TestClock("clock_1", kJan + Days(3))},
                kJan + Days(3),
                kMember,
                {kGrowthPlan},
                {kPro},
                kForever}});
}

TEST(Roles, AnotherSegmentWithTheSameRolesIsNoChange) {
  // The renewal is paid in time: growth before and after.
  const Fact renewal = Paid("in_3", kFeb, {Monthly("growth", kFeb)});
  ExpectRoles({{"Renewed", {AcmePays(), kPaid, renewal}, kJan, kMember, {kGrowthPlan}, {kPro}, kMar + Hours(72)}});
}

struct PermissionCase {
  const char* name;
  std::optional<std::string_view> kind;
  std::size_t permission;
  Instant at;
  bool allowed;
  PermissionReason reason;
  std::optional<AccessState> feature = std::nullopt;
  Instant valid_until = kForever;
};

TEST(Permissions, NeedARoleAndTheFeatureThatTheyRequire) {
  using enum PermissionReason;
  const CatalogPtr catalog = MembersCatalog();
  const Timeline timeline = TimelineOf({AcmePays(), kPaid}, catalog);
  const std::vector<PermissionCase> rows = {
      // name            kind      permission    at         allowed reason   feature  valid until
      {"NoMember", std::nullopt, kProjectRead, kJan, false, kNotAMember},
      {"UnknownKind", "guest", kProjectRead, kJan, false, kKindUnknown, std::nullopt, kGraceEnd},
      {"ARoleHasIt", "member", kProjectRead, kJan, true, kGranted, std::nullopt, kGraceEnd},
      {"NoRoleHasIt", "member", kSsoSet, kJan, false, kNoRole, std::nullopt, kGraceEnd},
      {"RoleAndFeature", "owner", kSsoSet, kJan, true, kGranted, AccessState::kGranted, kFeb},
      {"MeteredIsKept", "member", kApiExport, kJan, true, kGranted, AccessState::kGranted, kFeb},
      {"InGrace", "owner", kSsoSet, kFeb, true, kGranted, AccessState::kGrace, kGraceEnd},
      {"RoleWithoutFeature", "owner", kSsoSet, kGraceEnd, false, kFeatureDenied, AccessState::kPaymentRequired},
      {"TheFallbackRoleHasIt", "member", kProjectRead, kGraceEnd, true, kGranted},
  };
  for (const PermissionCase& row : rows) {
    SCOPED_TRACE(row.name);
    const PermissionDecision decision = CheckPermission(*catalog, timeline, row.kind, row.permission, row.at);
    EXPECT_EQ(decision.allowed, row.allowed);
    EXPECT_EQ(decision.reason, row.reason);
    EXPECT_EQ(decision.feature.has_value(), row.feature.has_value());
    if (decision.feature && row.feature) {
      EXPECT_EQ(decision.feature->state, *row.feature);
    }
    EXPECT_EQ(FormatInstant(decision.valid_until), FormatInstant(row.valid_until));
  }
}

}  // namespace
}  // namespace usher::testing
