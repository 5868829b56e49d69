#pragma once

// A rapidcheck property as a GoogleTest case that records how many cases it tried: `./dev test` adds them up.
//
//   USHER_PROPERTY(TraceProperty, OrderDoesNotMatter, (const History& history)) { RC_ASSERT(...); }
//
// The number comes from RC_PARAMS (max_success), which `./dev test` and `./dev test --deep` set. A test that counts for
// itself records what it counted: RecordProperty("cases", n) or RecordProperty("histories", n).

#include <sstream>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace usher {

template <typename Property>
void CheckProperty(Property&& property) {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  rc::detail::TestMetadata metadata;
  metadata.id = std::string(test->test_suite_name()) + "/" + test->name();
  metadata.description = test->name();
  const auto result = rc::detail::checkTestable(std::forward<Property>(property), metadata);
  std::ostringstream told;
  rc::detail::printResultMessage(result, told);
  ASSERT_TRUE(result.template is<rc::detail::SuccessResult>()) << told.str();
  ::testing::Test::RecordProperty("cases", result.template get<rc::detail::SuccessResult>().numSuccess);
}

}  // namespace usher

#define USHER_PROPERTY(Suite, Name, Arguments)                          \
  void Suite##Name##Property Arguments;                                 \
  TEST(Suite, Name) { ::usher::CheckProperty(&Suite##Name##Property); } \
  void Suite##Name##Property Arguments
