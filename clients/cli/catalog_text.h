// A loaded catalog for people and programs: what each plan grants, and what a price means.
#pragma once

#include <optional>
#include <string>

#include "catalog/model.h"

namespace usher {

enum class CatalogFormat { kTable, kJson, kMarkdown };

// What each plan grants of each feature, and what add-ons add; or, with `plan` (an index), all about one plan.
std::string ShowCatalog(const Catalog& catalog, std::optional<std::size_t> plan, CatalogFormat format, bool colors);

// The chain from a price to what it grants. kMarkdown prints what kTable does.
std::string ShowPrice(const Catalog& catalog, bool livemode, const Price& price, CatalogFormat format, bool colors);

}  // namespace usher
