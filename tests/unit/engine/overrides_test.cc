#include "server/engine/overrides.h"

#include <gmock/gmock.h>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

Catalog FiveFeatures() {
  Catalog catalog;
  const auto add = [&](const char* id, FeatureType type) -> Feature& {
    Feature& feature = catalog.features.emplace_back();
    feature.id = FeatureId(id);
    feature.type = type;
    return feature;
  };
  add("api_calls", FeatureType::kMetered);
  add("projects", FeatureType::kLimit);
  add("regions", FeatureType::kSet).set_values = {"apac", "eu", "us"};
  add("sso", FeatureType::kBoolean);
  add("support", FeatureType::kLevel).levels = {"community", "priority"};
  return catalog;
}

struct OverrideCase {
  const char* name;
  const char* feature;
  OverrideMode mode;
  Value value;
  const char* complaint;  // empty: it fits
};

const OverrideCase kCases[] = {
    {"ABooleanIsSet", "sso", OverrideMode::kSet, true, ""},
    {"ANumberIsNoBoolean", "sso", OverrideMode::kSet, Limit{5}, "expected true or false"},
    {"NothingIsAddedToABoolean", "sso", OverrideMode::kAdd, true, "nothing can be added"},
    {"ALimitIsSet", "projects", OverrideMode::kSet, Limit{5}, ""},
    {"ALimitIsUnlimited", "projects", OverrideMode::kSet, kUnlimited, ""},
    {"ALimitIsAddedTo", "projects", OverrideMode::kAdd, Limit{5}, ""},
    {"ALimitIsNeverNegative", "projects", OverrideMode::kSet, Limit{-1}, "at least 0"},
    {"AMeteredFeatureIsAddedTo", "api_calls", OverrideMode::kAdd, Metered{{100}, {200}}, ""},
    {"TheIncludedPartFitsUnderTheCap", "api_calls", OverrideMode::kSet, Metered{{300}, {200}}, "not above the cap"},
    {"AMeteredFeatureIsNoLimit", "api_calls", OverrideMode::kSet, Limit{5}, "does not fit"},
    {"ALevelIsOneOfTheFeatures", "support", OverrideMode::kSet, Level{"priority"}, ""},
    {"AnUnknownLevelIsRefused", "support", OverrideMode::kSet, Level{"gold"}, "community, priority"},
    {"ASetHoldsValuesOfTheFeature", "regions", OverrideMode::kSet, ValueSet{{"eu", "us"}}, ""},
    {"AnUnknownSetValueIsRefused", "regions", OverrideMode::kSet, ValueSet{{"mars"}}, "apac, eu, us"},
    {"ASetRepeatsNothing", "regions", OverrideMode::kSet, ValueSet{{"eu", "eu"}}, "does not fit"},
    {"ADenialNeedsNoValue", "support", OverrideMode::kDeny, false, ""},
};

class OverrideValues : public testing::TestWithParam<OverrideCase> {};

TEST_P(OverrideValues, FitTheFeatureOrAreRefused) {
  const OverrideCase& row = GetParam();
  OverrideFact content;
  content.feature = FeatureId(row.feature);
  content.mode = row.mode;
  content.value = row.value;
  const absl::Status checked = CheckOverride(FiveFeatures(), content);
  if (std::string(row.complaint).empty()) {
    EXPECT_TRUE(checked.ok()) << checked;
  } else {
    EXPECT_EQ(checked.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(StatusMessage(checked), testing::HasSubstr(row.complaint));
  }
}

INSTANTIATE_TEST_SUITE_P(Overrides, OverrideValues, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Overrides, AnUnknownFeatureIsRefused) {
  OverrideFact content;
  content.feature = FeatureId("ss0");
  EXPECT_EQ(RefusalOf(CheckOverride(FiveFeatures(), content)), Refusal::kFeatureUnknown);
}

TEST(Overrides, TheSameIdOfTwoTenantsIsTwoObjects) {
  EXPECT_NE(OverrideObject(TenantId("a"), "ov_1"), OverrideObject(TenantId("b"), "ov_1"));
  EXPECT_EQ(OverrideIdOf(OverrideObject(TenantId("a"), "ov_1")), "ov_1");
}

}  // namespace
}  // namespace usher
