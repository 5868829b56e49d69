// One event being read: what all readers of objects share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/core/fact.h"
#include "server/integrations/stripe/field.h"

namespace usher::stripe {

class Reading {
 public:
  Reading(BillingScope scope, Instant created);

  // When the event was made: the own time of most facts.
  Instant created() const { return created_; }

  // Adds a fact about an object. An empty id adds nothing: its reader has added a defect.
  void Add(ObjectKind kind, const std::string& id, Instant at, FactContent content);

  // The id at `field`. An expanded object gives its own facts too.
  std::string Reference(const Field& field);
  // The customer of an object: `customer`, since 2026 possibly `customer_account` alone.
  std::string Customer(const Field& object);

  // The link that `metadata.usher_tenant` makes for an object, if it is there. True when it is.
  bool AddMetadataLink(const Field& metadata, ObjectKind kind, const std::string& id);
  void AddLink(ObjectKind kind, const std::string& id, TenantId tenant, LinkTrust trust);

  std::vector<Fact> TakeFacts() { return std::move(facts_); }

 private:
  BillingScope scope_;
  Instant created_;
  std::vector<Fact> facts_;
};

// True for 1 to 128 of [A-Za-z0-9_.:-].
bool IsTenantId(std::string_view text);

// The id of the price at an element: `price`, `plan` before 2020, `pricing.price_details.price` since 2025. Empty when
// the element names none.
PriceId ReadPrice(const Field& element);
// The same, where only a price makes sense.
PriceId ReadRequiredPrice(const Field& element);

// `quantity_decimal`, else `quantity`, else 1, in thousandths.
std::int64_t ReadQuantityMilli(const Field& element);

// What our metadata says was sold, where the payload itself does not.
struct Sold {
  PriceId price;
  std::int64_t quantity_milli = 1000;
};
Sold ReadSold(const Field& metadata);

// `collection_method`, `billing` before 2019. An unknown method is taken as automatic: it gives no net terms.
CollectionMethod ReadCollection(const Field& object);

}  // namespace usher::stripe
