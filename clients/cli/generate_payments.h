// The payments that `usher tenant generate` records: always the same for the same seed and prices.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "catalog/model.h"
#include "usher/v1/ingest.pb.h"

namespace usher {

// Generated tenants are known by their ids: this, then at least six digits from 000001 on.
inline constexpr std::string_view kGeneratedPrefix = "gen-";
// Where their payments were made, as RecordPaymentOutcomeRequest.provider has it.
inline constexpr char kGeneratedProvider[] = "generated";

// What decides every generated payment. Not empty: `prices`.
struct GeneratedMix {
  std::uint64_t seed = 1;
  std::vector<std::string> prices;  // exact keys of the catalog's test prices
};

// `gen-000001` for 1.
std::string GeneratedTenantId(std::int64_t number);

// The one payment of tenant `number`, counted from 1: one of the prices, drawn evenly, paid on one of 28 days of
// January 2025 for ten years. Pure, so that recording it again is a repetition.
v1::RecordPaymentOutcomeRequest GeneratedPayment(const GeneratedMix& mix, std::int64_t number);

// The test prices of `catalog` that sell a plan now and renew, by id. INVALID_ARGUMENT when there is none.
absl::StatusOr<std::vector<std::string>> CurrentPlanPrices(const Catalog& catalog);

}  // namespace usher
