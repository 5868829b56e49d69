#include "server/service/convert.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace usher {
namespace {

using testing::HasSubstr;

// The wire has the core's words: `not_in_plan` is ACCESS_STATE_NOT_IN_PLAN.
std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

TEST(ConvertTest, EveryStateHasItsNameOnTheWire) {
  for (int i = 0; i <= static_cast<int>(AccessState::kNotInPlan); ++i) {
    const auto state = static_cast<AccessState>(i);
    EXPECT_EQ(v1::AccessState_Name(ToProto(state)), "ACCESS_STATE_" + Upper(StateName(state)));
  }
}

TEST(ConvertTest, EveryReasonHasItsNameOnTheWire) {
  for (int i = 0; i <= static_cast<int>(Reason::kNotIncluded); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(v1::ReasonCode_Name(ToProto(reason)), "REASON_CODE_" + Upper(ReasonName(reason)));
  }
}

TEST(ConvertTest, TimesKeepMilliseconds) {
  const Instant at = FromUnixMillis(1'700'000'000'123);
  EXPECT_EQ(ToProto(at).seconds(), 1'700'000'000);
  EXPECT_EQ(ToProto(at).nanos(), 123'000'000);
  EXPECT_EQ(FromProto(ToProto(at)), at);
  const Instant before = FromUnixMillis(-1);
  EXPECT_EQ(ToProto(before).seconds(), -1);
  EXPECT_EQ(ToProto(before).nanos(), 999'000'000);
  EXPECT_EQ(FromProto(ToProto(before)), before);
}

TEST(ConvertTest, TimesThatATimestampCannotHoldAreRefusedOrHeldAtItsEnds) {
  google::protobuf::Timestamp odd;
  odd.set_seconds(253'402'300'800);
  EXPECT_EQ(FromProto(odd), std::nullopt);
  odd.set_seconds(0);
  odd.set_nanos(-1);
  EXPECT_EQ(FromProto(odd), std::nullopt);
  EXPECT_EQ(ToProto(kForever).seconds(), 253'402'300'799);
  EXPECT_EQ(ToProto(kBeginning).seconds(), -62'135'596'800);
}

Feature FeatureOf(FeatureType type) {
  Feature feature;
  feature.id = FeatureId("thing");
  feature.type = type;
  feature.levels = {"low", "high"};
  feature.set_values = {"eu", "us"};
  return feature;
}

struct ValueCase {
  const char* name;
  FeatureType type;
  Value value;
};

class ValueTest : public testing::TestWithParam<ValueCase> {};

TEST_P(ValueTest, GoesThereAndBack) {
  const ValueOrProblem back = FromProto(ToProto(GetParam().value), FeatureOf(GetParam().type));
  ASSERT_TRUE(back.value) << back.problem;
  EXPECT_EQ(*back.value, GetParam().value);
}

TEST_P(ValueTest, DoesNotFitAFeatureOfAnotherType) {
  for (const FeatureType type :
       {FeatureType::kBoolean, FeatureType::kLimit, FeatureType::kMetered, FeatureType::kLevel, FeatureType::kSet}) {
    if (type == GetParam().type) continue;
    EXPECT_THAT(FromProto(ToProto(GetParam().value), FeatureOf(type)).problem, HasSubstr("the type of feature thing"));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ValueTest,
                         testing::Values(ValueCase{"Boolean", FeatureType::kBoolean, true},
                                         ValueCase{"Limit", FeatureType::kLimit, Limit{.amount = 7}},
                                         ValueCase{"Unlimited", FeatureType::kLimit, kUnlimited},
                                         ValueCase{"Metered", FeatureType::kMetered,
                                                   Metered{.included = {.amount = 1}, .cap = kUnlimited}},
                                         ValueCase{"Level", FeatureType::kLevel, Level{.name = "high"}},
                                         ValueCase{"Set", FeatureType::kSet, ValueSet{.values = {"eu", "us"}}}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ValueLimitsTest, WhatTheCatalogDoesNotDeclareIsRefused) {
  v1::Value value;
  value.mutable_limit()->set_amount(-1);
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kLimit)).problem, HasSubstr("0 or more"));
  value.set_level("highest");
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kLevel)).problem, HasSubstr("no level"));
  value.mutable_set()->add_values("moon");
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kSet)).problem, HasSubstr("no value"));
  value.mutable_metered()->mutable_included()->set_amount(5);
  value.mutable_metered()->mutable_cap()->set_amount(4);
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kMetered)).problem, HasSubstr("not below"));
}

TEST(ValueLimitsTest, AnAmountThatNobodySaidIsNotZero) {
  v1::Value value;
  value.mutable_limit();
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kLimit)).problem, HasSubstr("amount"));
  value.mutable_limit()->set_amount(0);
  EXPECT_EQ(FromProto(value, FeatureOf(FeatureType::kLimit)).value, Value(Limit{.amount = 0}));
  value.mutable_metered()->mutable_included()->set_amount(5);
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kMetered)).problem, HasSubstr("included and cap"));
  value.mutable_metered()->mutable_cap();
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kMetered)).problem, HasSubstr("included and cap"));
  value.mutable_metered()->clear_included();
  value.mutable_metered()->mutable_cap()->set_amount(5);
  EXPECT_THAT(FromProto(value, FeatureOf(FeatureType::kMetered)).problem, HasSubstr("included and cap"));
}

TEST(ValueLimitsTest, AnswersHaveTheAmountAlsoWhenItIsZero) {
  EXPECT_TRUE(ToProto(Value(Limit{.amount = 0})).limit().has_amount());
  EXPECT_TRUE(ToProto(Value(kUnlimited)).limit().has_amount());
}

TEST(ConvertTest, AnOpenEndIsLeftUnset) {
  Catalog catalog;
  catalog.features = {FeatureOf(FeatureType::kBoolean)};
  Segment whole;
  whole.features = {FeatureState{}};
  const v1::Segment segment = ToProto(whole, catalog);
  EXPECT_FALSE(segment.has_starts_at());
  EXPECT_FALSE(segment.has_ends_at());
  Decision decision;
  EXPECT_FALSE(ToProto(decision, catalog, 0, true).has_valid_until());
  decision.valid_until = FromUnixSeconds(5);
  EXPECT_EQ(ToProto(decision, catalog, 0, true).valid_until().seconds(), 5);
}

TEST(ConvertTest, SourcesComeOnlyOnRequest) {
  Catalog catalog;
  catalog.features = {FeatureOf(FeatureType::kBoolean)};
  Decision decision;
  decision.sources.resize(1);
  EXPECT_EQ(ToProto(decision, catalog, 0, true).sources_size(), 1);
  EXPECT_EQ(ToProto(decision, catalog, 0, false).sources_size(), 0);
}

}  // namespace
}  // namespace usher
