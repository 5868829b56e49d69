// The words of the catalog's enums, once: the reader, the canonical form, the schema and the printed tables agree
// because they all look here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"

namespace usher {

template <class E>
struct Word {
  E value;
  std::string_view word;
};

// Specialised for every enum that a catalog writes, in the order of the enum.
template <class E>
struct WordTable;

template <>
struct WordTable<FeatureType> {
  static constexpr Word<FeatureType> kWords[] = {{FeatureType::kBoolean, "boolean"},
                                                 {FeatureType::kLimit, "limit"},
                                                 {FeatureType::kMetered, "metered"},
                                                 {FeatureType::kLevel, "level"},
                                                 {FeatureType::kSet, "set"}};
};

template <>
struct WordTable<Merge> {
  static constexpr Word<Merge> kWords[] = {
      {Merge::kAny, "any"}, {Merge::kMax, "max"}, {Merge::kSum, "sum"}, {Merge::kUnion, "union"}};
};

template <>
struct WordTable<OverLimitMode> {
  static constexpr Word<OverLimitMode> kWords[] = {{OverLimitMode::kBlockNew, "block_new"},
                                                   {OverLimitMode::kReadOnly, "read_only"},
                                                   {OverLimitMode::kBlock, "block"}};
};

template <>
struct WordTable<OnSuspended> {
  static constexpr Word<OnSuspended> kWords[] = {{OnSuspended::kDeny, "deny"}, {OnSuspended::kAllow, "allow"}};
};

template <>
struct WordTable<OnUnavailableMode> {
  static constexpr Word<OnUnavailableMode> kWords[] = {{OnUnavailableMode::kDeny, "deny"},
                                                       {OnUnavailableMode::kAllow, "allow"},
                                                       {OnUnavailableMode::kLastKnown, "last_known"}};
};

template <>
struct WordTable<ResetPeriod> {
  static constexpr Word<ResetPeriod> kWords[] = {{ResetPeriod::kDay, "day"},
                                                 {ResetPeriod::kWeek, "week"},
                                                 {ResetPeriod::kMonth, "month"},
                                                 {ResetPeriod::kYear, "year"},
                                                 {ResetPeriod::kNever, "never"}};
};

template <>
struct WordTable<ResetAnchor> {
  static constexpr Word<ResetAnchor> kWords[] = {{ResetAnchor::kCalendar, "calendar"},
                                                 {ResetAnchor::kSubscription, "subscription"}};
};

template <>
struct WordTable<OnPlanChange> {
  static constexpr Word<OnPlanChange> kWords[] = {{OnPlanChange::kCarry, "carry"}, {OnPlanChange::kReset, "reset"}};
};

template <>
struct WordTable<ZeroTotal> {
  static constexpr Word<ZeroTotal> kWords[] = {{ZeroTotal::kPaid, "paid"}, {ZeroTotal::kNone, "none"}};
};

template <>
struct WordTable<RefundFull> {
  static constexpr Word<RefundFull> kWords[] = {{RefundFull::kSuspend, "suspend"}, {RefundFull::kKeep, "keep"}};
};

template <>
struct WordTable<RefundPartial> {
  static constexpr Word<RefundPartial> kWords[] = {{RefundPartial::kKeep, "keep"},
                                                   {RefundPartial::kSuspend, "suspend"}};
};

template <>
struct WordTable<DisputeOpened> {
  static constexpr Word<DisputeOpened> kWords[] = {{DisputeOpened::kSuspend, "suspend"},
                                                   {DisputeOpened::kKeep, "keep"}};
};

template <>
struct WordTable<DisputeInquiry> {
  static constexpr Word<DisputeInquiry> kWords[] = {{DisputeInquiry::kKeep, "keep"},
                                                    {DisputeInquiry::kSuspend, "suspend"}};
};

template <>
struct WordTable<DisputeLost> {
  static constexpr Word<DisputeLost> kWords[] = {{DisputeLost::kRevoke, "revoke"}, {DisputeLost::kKeep, "keep"}};
};

template <>
struct WordTable<ImmediateCancel> {
  static constexpr Word<ImmediateCancel> kWords[] = {{ImmediateCancel::kRunOut, "run_out"},
                                                     {ImmediateCancel::kRevoke, "revoke"}};
};

template <>
struct WordTable<DeferredProration> {
  static constexpr Word<DeferredProration> kWords[] = {{DeferredProration::kHold, "hold"},
                                                       {DeferredProration::kGrant, "grant"}};
};

template <>
struct WordTable<NetTerms> {
  static constexpr Word<NetTerms> kWords[] = {{NetTerms::kUntilDue, "until_due"}, {NetTerms::kOnPayment, "on_payment"}};
};

template <>
struct WordTable<Lapsed> {
  static constexpr Word<Lapsed> kWords[] = {{Lapsed::kDefaultPlan, "default_plan"}, {Lapsed::kBlock, "block"}};
};

template <>
struct WordTable<UnmappedPrice> {
  static constexpr Word<UnmappedPrice> kWords[] = {{UnmappedPrice::kKeepLast, "keep_last"},
                                                   {UnmappedPrice::kNone, "none"}};
};

template <>
struct WordTable<PausedCollection> {
  static constexpr Word<PausedCollection> kWords[] = {{PausedCollection::kNoGrace, "no_grace"},
                                                      {PausedCollection::kGrace, "grace"}};
};

template <>
struct WordTable<TrialOncePer> {
  static constexpr Word<TrialOncePer> kWords[] = {{TrialOncePer::kTenant, "tenant"},
                                                  {TrialOncePer::kSubscription, "subscription"}};
};

template <>
struct WordTable<Offered> {
  static constexpr Word<Offered> kWords[] = {
      {Offered::kPublic, "public"}, {Offered::kPrivate, "private"}, {Offered::kNo, "no"}};
};

template <>
struct WordTable<PriceStatus> {
  static constexpr Word<PriceStatus> kWords[] = {
      {PriceStatus::kCurrent, "current"}, {PriceStatus::kLegacy, "legacy"}, {PriceStatus::kRetired, "retired"}};
};

template <class E>
constexpr std::string_view WordOf(E value) {
  for (const Word<E>& word : WordTable<E>::kWords) {
    if (word.value == value) return word.word;
  }
  return "";
}

template <class E>
constexpr std::optional<E> FromWord(std::string_view text) {
  for (const Word<E>& word : WordTable<E>::kWords) {
    if (word.word == text) return word.value;
  }
  return std::nullopt;
}

template <class E>
std::vector<std::string> AllWords() {
  std::vector<std::string> words;
  for (const Word<E>& word : WordTable<E>::kWords) words.emplace_back(word.word);
  return words;
}

}  // namespace usher
