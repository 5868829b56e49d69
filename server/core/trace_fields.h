// The fields of traces, described once (fields.h).
#pragma once

#include "server/core/fact_fields.h"
#include "server/core/trace_model.h"

namespace usher {

template <>
struct Words<Standing> {
  static constexpr EnumWord<Standing> kTable[] = {
      {Standing::kUnpaid, "unpaid"},
      {Standing::kOpen, "open"},
      {Standing::kPaid, "paid"},
  };
};

template <>
struct Words<ProofKind> {
  static constexpr EnumWord<ProofKind> kTable[] = {
      {ProofKind::kProves, "proves"},
      {ProofKind::kZero, "zero"},
      {ProofKind::kCredited, "credited"},
      {ProofKind::kUnbacked, "unbacked"},
  };
};

template <>
struct Words<EvidenceKind> {
  static constexpr EnumWord<EvidenceKind> kTable[] = {
      {EvidenceKind::kNone, "none"},
      {EvidenceKind::kProcessing, "processing"},
      {EvidenceKind::kRequiresAction, "requires action"},
      {EvidenceKind::kFailed, "failed"},
  };
};

template <>
struct Words<ReversalKind> {
  static constexpr EnumWord<ReversalKind> kTable[] = {
      {ReversalKind::kNone, "none"},
      {ReversalKind::kPartly, "partly"},
      {ReversalKind::kFully, "fully"},
  };
};

template <class T>
struct Described<Step<T>> {
  using S = Step<T>;
  static constexpr auto kFields = std::tuple(Plain(1, "from", &S::from), Plain(2, "state", &S::state));
};

template <>
struct Described<TraceLine> {
  using S = TraceLine;
  static constexpr auto kFields = std::tuple(
      Plain(1, "one_off", &S::one_off), Plain(2, "subscription", &S::subscription), Plain(3, "item", &S::item),
      Plain(4, "price", &S::price), Plain(5, "quantity_milli", &S::quantity_milli), Plain(6, "amount", &S::amount),
      Plain(7, "start", &S::start), Plain(8, "end", &S::end));
};

template <>
struct Described<DocumentState> {
  using S = DocumentState;
  static constexpr auto kFields =
      std::tuple(Plain(1, "standing", &S::standing), Plain(2, "proof", &S::proof), Plain(3, "evidence", &S::evidence),
                 Plain(4, "asked_since", &S::asked_since), Plain(5, "payable_until", &S::payable_until),
                 Plain(6, "first_failure", &S::first_failure), Plain(7, "reversal", &S::reversal),
                 Plain(8, "reversal_lost", &S::reversal_lost), Plain(9, "dispute_open", &S::dispute_open),
                 Plain(10, "inquiry_open", &S::inquiry_open), Plain(11, "lines", &S::lines));
};

template <>
struct Described<Document> {
  using S = Document;
  static constexpr auto kFields = std::tuple(Plain(1, "object", &S::object), Plain(2, "paid_at", &S::paid_at),
                                             Plain(3, "ended_at", &S::ended_at), Plain(4, "states", &S::states));
};

template <>
struct Described<SubscriptionState> {
  using S = SubscriptionState;
  static constexpr auto kFields = std::tuple(
      Plain(1, "known", &S::known), Plain(2, "mine", &S::mine), Plain(3, "canceled", &S::canceled),
      Plain(4, "status", &S::status), Plain(5, "trial_start", &S::trial_start), Plain(6, "trial_end", &S::trial_end),
      Plain(7, "cancel_at", &S::cancel_at), Plain(8, "collection_paused", &S::collection_paused),
      Plain(9, "has_payment_method", &S::has_payment_method), Plain(10, "pending", &S::pending),
      Plain(11, "items", &S::items));
};

template <>
struct Described<Subscription> {
  using S = Subscription;
  static constexpr auto kFields =
      std::tuple(Plain(1, "scope", &S::scope), Plain(2, "id", &S::id), Plain(3, "states", &S::states));
};

template <>
struct Described<OverrideState> {
  using S = OverrideState;
  static constexpr auto kFields =
      std::tuple(Plain(1, "put", &S::put), Plain(2, "at", &S::at), Plain(3, "feature", &S::feature),
                 Plain(4, "mode", &S::mode), Plain(5, "value", &S::value), Plain(6, "starts_at", &S::starts_at),
                 Plain(7, "expires_at", &S::expires_at), Plain(8, "subscription", &S::subscription));
};

template <>
struct Described<Override> {
  using S = Override;
  static constexpr auto kFields = std::tuple(Plain(1, "object", &S::object), Plain(2, "states", &S::states));
};

template <>
struct Described<Trace> {
  using S = Trace;
  static constexpr auto kFields =
      std::tuple(Plain(1, "tenant", &S::tenant), Plain(2, "known", &S::known), Plain(3, "frozen_at", &S::frozen_at),
                 Plain(4, "suspended", &S::suspended), Plain(5, "documents", &S::documents),
                 Plain(6, "subscriptions", &S::subscriptions), Plain(7, "overrides", &S::overrides));
};

}  // namespace usher
