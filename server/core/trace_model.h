// The data of a trace: for every document and subscription of a tenant, what it amounted to from when on.
//
// Plain values. Everything that needs no catalog is settled here (who owns what, which payments belong together,
// R4, R5's sums, R9's evidence), so that Resolve never looks at a fact.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/ids.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/fact.h"
#include "server/core/moment.h"

namespace usher {

// A line of this tenant, after debits and credits that cancel each other have gone (R2).
struct TraceLine {
  bool one_off = false;  // R15: runs from payment for the price's declared term, if it declares one
  std::string subscription;
  std::string item;  // lines of one item replace each other; empty: it stands for itself
  PriceId price;
  std::int64_t quantity_milli = 1000;
  std::int64_t amount = 0;
  Instant start{};
  Instant end{};

  bool debit() const { return amount >= 0; }
  friend bool operator==(const TraceLine&, const TraceLine&) = default;
};

// kUnpaid: known, and neither of the others. kOpen: a pending purchase (R9). kPaid: a source (R1).
enum class Standing { kUnpaid, kOpen, kPaid };

// What being paid means. kZero: nothing was due, the policy decides (R3). kCredited: credit notes before the payment
// cover the total (R3). kUnbacked: R4.
enum class ProofKind { kProves, kZero, kCredited, kUnbacked };

// What the latest evidence of a pending purchase says (R9).
enum class EvidenceKind { kNone, kProcessing, kRequiresAction, kFailed };

// How much of the source has been reversed (R5).
enum class ReversalKind { kNone, kPartly, kFully };

struct DocumentState {
  Standing standing = Standing::kUnpaid;
  ProofKind proof = ProofKind::kProves;              // kPaid
  EvidenceKind evidence = EvidenceKind::kNone;       // kOpen
  std::optional<Instant> asked_since;                // kRequiresAction: the A of R9
  std::optional<Instant> payable_until;              // R8: the due date of an open invoice that was sent
  std::optional<Instant> first_failure;              // R7: the earliest failed attempt
  ReversalKind reversal = ReversalKind::kNone;       // kPaid: lost disputes not counted
  ReversalKind reversal_lost = ReversalKind::kNone;  // kPaid: lost disputes counted
  bool dispute_open = false;
  bool inquiry_open = false;
  std::vector<TraceLine> lines;  // those of this tenant

  friend bool operator==(const DocumentState&, const DocumentState&) = default;
};

// An invoice, checkout session, payment intent or outcome that has, at some time, a line of this tenant.
struct Document {
  ObjectRef object;
  std::optional<Instant> paid_at;
  std::vector<Instant> ended_at;  // outcomes: when a failure or reversal was recorded, ascending
  Steps<DocumentState> states;

  friend bool operator==(const Document&, const Document&) = default;
};

struct SubscriptionState {
  bool known = false;
  bool mine = false;
  bool canceled = false;  // itself, or its customer deleted (R11)
  SubscriptionStatus status = SubscriptionStatus::kOther;
  std::optional<Instant> trial_start;
  std::optional<Instant> trial_end;
  std::optional<Instant> cancel_at;
  bool collection_paused = false;
  bool has_payment_method = false;
  bool pending = false;  // an open invoice or a pending session names it (R9)
  std::vector<SubscriptionItem> items;

  friend bool operator==(const SubscriptionState&, const SubscriptionState&) = default;
};

// A subscription that is the tenant's at some time, or that a line of the tenant names.
struct Subscription {
  BillingScope scope;
  std::string id;
  Steps<SubscriptionState> states;

  friend bool operator==(const Subscription&, const Subscription&) = default;
};

struct OverrideState {
  bool put = false;
  Instant at{};  // the own time of the observation that says so
  FeatureId feature;
  OverrideMode mode = OverrideMode::kSet;
  Value value = false;
  std::optional<Instant> starts_at;
  std::optional<Instant> expires_at;
  std::string subscription;

  friend bool operator==(const OverrideState&, const OverrideState&) = default;
};

struct Override {
  ObjectRef object;
  Steps<OverrideState> states;

  friend bool operator==(const Override&, const Override&) = default;
};

struct Trace {
  TenantId tenant;
  bool known = false;
  std::optional<Instant> frozen_at;
  Steps<bool> suspended;
  std::vector<Document> documents;          // sorted by object
  std::vector<Subscription> subscriptions;  // sorted by scope and id
  std::vector<Override> overrides;          // sorted by object

  friend bool operator==(const Trace&, const Trace&) = default;
};

}  // namespace usher
