#include "catalog/parse/draft.h"
#include "catalog/parse/scalars.h"

namespace usher {

PaymentPolicy LayPolicy(const PaymentPolicy& base, const Node* node) {
  PaymentPolicy policy = base;
  if (node == nullptr) return policy;
  Assign(policy.renewal_leeway, AsDuration(Find(*node, "renewal_leeway")));
  Assign(policy.dunning_grace, AsDuration(Find(*node, "dunning_grace")));
  Assign(policy.pending_timeout, AsDuration(Find(*node, "pending_timeout")));
  Assign(policy.zero_total, AsWord<ZeroTotal>(Find(*node, "zero_total")));
  if (const Node* refund = Find(*node, "refund"); refund != nullptr) {
    Assign(policy.refund_full, AsWord<RefundFull>(Find(*refund, "full")));
    Assign(policy.refund_partial, AsWord<RefundPartial>(Find(*refund, "partial")));
  }
  if (const Node* dispute = Find(*node, "dispute"); dispute != nullptr) {
    Assign(policy.dispute_opened, AsWord<DisputeOpened>(Find(*dispute, "opened")));
    Assign(policy.dispute_inquiry, AsWord<DisputeInquiry>(Find(*dispute, "inquiry")));
    Assign(policy.dispute_lost, AsWord<DisputeLost>(Find(*dispute, "lost")));
  }
  Assign(policy.immediate_cancel, AsWord<ImmediateCancel>(Find(*node, "immediate_cancel")));
  Assign(policy.deferred_proration, AsWord<DeferredProration>(Find(*node, "deferred_proration")));
  Assign(policy.net_terms, AsWord<NetTerms>(Find(*node, "net_terms")));
  Assign(policy.paused_collection, AsWord<PausedCollection>(Find(*node, "paused_collection")));
  Assign(policy.lapsed, AsWord<Lapsed>(Find(*node, "lapsed")));
  Assign(policy.unmapped_price, AsWord<UnmappedPrice>(Find(*node, "unmapped_price")));
  return policy;
}

}  // namespace usher
