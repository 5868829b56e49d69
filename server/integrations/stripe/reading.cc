#include "server/integrations/stripe/reading.h"

#include <algorithm>
#include <utility>

#include "server/integrations/stripe/objects.h"

namespace usher::stripe {

Reading::Reading(BillingScope scope, Instant created) : scope_(std::move(scope)), created_(created) {}

void Reading::Add(ObjectKind kind, const std::string& id, Instant at, FactContent content) {
  if (id.empty()) return;
  Fact fact{{scope_, kind, id}, at, std::move(content)};
  if (std::find(facts_.begin(), facts_.end(), fact) == facts_.end()) facts_.push_back(std::move(fact));
}

std::string Reading::Reference(const Field& field) {
  if (field.is(JsonType::kObject)) {
    const ObjectReader reader = FindObjectReader(field["object"].OptionalText());
    if (reader != nullptr) reader(*this, field, {});
  }
  return field.OptionalReference();
}

std::string Reading::Customer(const Field& object) {
  return Reference(object.FirstOf({"customer", "customer_account"}));
}

bool Reading::AddMetadataLink(const Field& metadata, ObjectKind kind, const std::string& id) {
  const Field tenant = metadata["usher_tenant"];
  if (!tenant.present()) return false;
  const std::string text = tenant.OptionalText();
  if (IsTenantId(text)) {
    AddLink(kind, id, TenantId(text), LinkTrust::kMetadata);
  } else if (tenant.is(JsonType::kString)) {
    tenant.AddDefect(ParseReason::kFieldValue, "expected a tenant id, 1 to 128 of [A-Za-z0-9_.:-]");
  }
  return true;
}

void Reading::AddLink(ObjectKind kind, const std::string& id, TenantId tenant, LinkTrust trust) {
  Add(kind, id, created_, LinkFact{std::move(tenant), trust});
}

bool IsTenantId(std::string_view text) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
  return !text.empty() && text.size() <= 128 && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

PriceId ReadPrice(const Field& element) {
  const Field direct = element.FirstOf({"price", "plan"});
  if (direct.present()) return PriceId(direct.OptionalReference());
  return PriceId(element["pricing"]["price_details"]["price"].OptionalReference());
}

PriceId ReadRequiredPrice(const Field& element) {
  PriceId price = ReadPrice(element);
  if (price.empty()) {
    const Field expected = element["pricing"].present() ? element["pricing"]["price_details"]["price"]
                                                        : element.FirstOf({"plan", "price"});
    if (!expected.present()) expected.AddDefect(ParseReason::kFieldMissing, "missing");
  }
  return price;
}

std::int64_t ReadQuantityMilli(const Field& element) {
  return element.FirstOf({"quantity_decimal", "quantity"}).OptionalQuantityMilli().value_or(1000);
}

Sold ReadSold(const Field& metadata) {
  return {PriceId(metadata["usher_price"].OptionalId()),
          metadata["usher_quantity"].OptionalQuantityMilli().value_or(1000)};
}

CollectionMethod ReadCollection(const Field& object) {
  return object.FirstOf({"collection_method", "billing"}).OptionalText() == "send_invoice"
             ? CollectionMethod::kSendInvoice
             : CollectionMethod::kChargeAutomatically;
}

}  // namespace usher::stripe
