#include "clients/cli/generate_payments.h"

#include <algorithm>
#include <variant>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

constexpr std::int64_t kFirstDay = 1'735'689'600;  // 2025-01-01T00:00:00Z
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::uint64_t kDays = 28;
constexpr std::int64_t kPaidSeconds = 3652 * kDaySeconds;  // ten years
constexpr std::size_t kLeastDigits = 6;

// SplitMix64: every bit of the result depends on every bit of `x`, on every machine alike.
std::uint64_t Mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

}  // namespace

std::string GeneratedTenantId(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kGeneratedPrefix) + std::string(kLeastDigits - std::min(kLeastDigits, digits.size()), '0') +
         digits;
}

v1::RecordPaymentOutcomeRequest GeneratedPayment(const GeneratedMix& mix, std::int64_t number) {
  const std::uint64_t drawn = Mixed(Mixed(mix.seed) ^ static_cast<std::uint64_t>(number));
  const auto day = static_cast<std::int64_t>(drawn % kDays);
  const std::int64_t start = kFirstDay + day * kDaySeconds;
  v1::RecordPaymentOutcomeRequest request;
  request.set_tenant_id(GeneratedTenantId(number));
  request.set_provider(kGeneratedProvider);
  request.set_reference(request.tenant_id());
  request.set_outcome(v1::PAYMENT_OUTCOME_SUCCEEDED);
  request.set_price(mix.prices[drawn / kDays % mix.prices.size()]);
  request.set_subscription_id(request.tenant_id());
  request.mutable_period_start()->set_seconds(start);
  request.mutable_period_end()->set_seconds(start + kPaidSeconds);
  request.mutable_occurred_at()->set_seconds(start);
  return request;
}

absl::StatusOr<std::vector<std::string>> CurrentPlanPrices(const Catalog& catalog) {
  std::vector<std::string> prices;
  for (const Price& price : catalog.test_prices) {
    const bool sells_plan = std::holds_alternative<Price::SellsPlan>(price.sells);
    if (sells_plan && price.status == PriceStatus::kCurrent && !price.once) prices.push_back(price.id.str());
  }
  if (prices.empty()) {
    return InvalidArgument("the catalog " + catalog.name +
                           " has no test price of a plan that is sold now and renews; name prices with --price");
  }
  std::sort(prices.begin(), prices.end());
  return prices;
}

}  // namespace usher
