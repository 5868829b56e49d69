#include <functional>
#include <iterator>

#include "catalog/diff/sections.h"
#include "catalog/words.h"

namespace usher {
namespace {

// A key of the payment policy: how it reads, and which of two values is milder for the tenant.
struct PolicyKey {
  std::string name;
  std::function<std::string(const PaymentPolicy&)> text;
  std::function<Generosity(const PaymentPolicy&, const PaymentPolicy&)> compare;
};

PolicyKey Length(const char* name, CalendarDuration PaymentPolicy::* member) {
  return {.name = name,
          .text = [member](const PaymentPolicy& policy) { return FormatDuration(policy.*member); },
          .compare = [member](const PaymentPolicy& before,
                              const PaymentPolicy& after) { return CompareDurations(before.*member, after.*member); }};
}

// Of the two words that the key accepts, `mild` is the one that gives or keeps access.
template <class E>
PolicyKey Choice(const char* name, E PaymentPolicy::* member, E mild) {
  static_assert(std::size(WordTable<E>::kWords) == 2);
  return {.name = name,
          .text = [member](const PaymentPolicy& policy) { return std::string(WordOf(policy.*member)); },
          .compare = [member, mild](const PaymentPolicy& before, const PaymentPolicy& after) -> Generosity {
            return (before.*member == mild) <=> (after.*member == mild);
          }};
}

const std::vector<PolicyKey>& PolicyKeys() {
  static const std::vector<PolicyKey> keys = {
      Length("renewal_leeway", &PaymentPolicy::renewal_leeway),
      Length("dunning_grace", &PaymentPolicy::dunning_grace),
      Length("pending_timeout", &PaymentPolicy::pending_timeout),
      Choice("zero_total", &PaymentPolicy::zero_total, ZeroTotal::kPaid),
      Choice("refund.full", &PaymentPolicy::refund_full, RefundFull::kKeep),
      Choice("refund.partial", &PaymentPolicy::refund_partial, RefundPartial::kKeep),
      Choice("dispute.opened", &PaymentPolicy::dispute_opened, DisputeOpened::kKeep),
      Choice("dispute.inquiry", &PaymentPolicy::dispute_inquiry, DisputeInquiry::kKeep),
      Choice("dispute.lost", &PaymentPolicy::dispute_lost, DisputeLost::kKeep),
      Choice("immediate_cancel", &PaymentPolicy::immediate_cancel, ImmediateCancel::kRunOut),
      Choice("deferred_proration", &PaymentPolicy::deferred_proration, DeferredProration::kGrant),
      Choice("net_terms", &PaymentPolicy::net_terms, NetTerms::kUntilDue),
      Choice("paused_collection", &PaymentPolicy::paused_collection, PausedCollection::kGrace),
      Choice("lapsed", &PaymentPolicy::lapsed, Lapsed::kDefaultPlan),
      Choice("unmapped_price", &PaymentPolicy::unmapped_price, UnmappedPrice::kKeepLast),
  };
  return keys;
}

}  // namespace

void AddPolicyParts(const CatalogPair& catalogs, const PaymentPolicy& before, const PaymentPolicy& after,
                    Changes& changes) {
  for (const PolicyKey& key : PolicyKeys()) {
    const std::string from = key.text(before);
    const std::string to = key.text(after);
    const bool follows = from == key.text(catalogs.before.policy) && to == key.text(catalogs.after.policy);
    if (!follows) AddAttribute(changes, "payment_policy." + key.name, from, to, key.compare(before, after));
  }
}

void DiffPaymentPolicy(const CatalogPair& catalogs, Changes& changes) {
  for (const PolicyKey& key : PolicyKeys()) {
    const PaymentPolicy& before = catalogs.before.policy;
    const PaymentPolicy& after = catalogs.after.policy;
    if (key.text(before) == key.text(after)) continue;
    const Generosity generosity = key.compare(before, after);
    Change change = ChangeOf(KindOf(generosity), EffectOf(generosity), ChangeSubject::kPaymentPolicy, key.name);
    change.before = key.text(before);
    change.after = key.text(after);
    changes.push_back(std::move(change));
  }
}

}  // namespace usher
