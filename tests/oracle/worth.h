// What entitlements are worth and how values combine, for the oracle: the sentences of docs/catalog-reference.md and of
// section 5 of docs/rules.md, without the arithmetic of catalog/.
#pragma once

#include <cstdint>

#include "catalog/model.h"

namespace usher::oracle {

// What one plan or add-on gives at a quantity in thousandths.
Value Worth(const Feature& feature, const Entitlement& entitlement, std::int64_t quantity_milli);

// The larger: of limits and levels the greater, of sets the union, of metered each number's greater.
Value LargerOf(const Feature& feature, const Value& a, const Value& b);

// Numbers add up, everything else combines as LargerOf.
Value SumOf(const Feature& feature, const Value& a, const Value& b);

// By the feature's `merge`.
Value MergeOf(const Feature& feature, const Value& a, const Value& b);

}  // namespace usher::oracle
