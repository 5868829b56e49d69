#include "server/engine/overrides.h"

#include <algorithm>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

constexpr std::size_t kEtagDigits = 16;

std::string_view TypeWord(FeatureType type) {
  switch (type) {
    case FeatureType::kBoolean: return "boolean";
    case FeatureType::kLimit: return "limit";
    case FeatureType::kMetered: return "metered";
    case FeatureType::kLevel: return "level";
    case FeatureType::kSet: return "set";
  }
  return "";
}

bool Fits(const Feature& feature, const Value& value) {
  const auto amount_fits = [](const Limit& limit) { return limit.unlimited || limit.amount >= 0; };
  switch (feature.type) {
    case FeatureType::kBoolean: return std::holds_alternative<bool>(value);
    case FeatureType::kLimit: {
      const auto* limit = std::get_if<Limit>(&value);
      return limit != nullptr && amount_fits(*limit);
    }
    case FeatureType::kMetered: {
      const auto* metered = std::get_if<Metered>(&value);
      return metered != nullptr && amount_fits(metered->included) && metered->included <= metered->cap;
    }
    case FeatureType::kLevel: {
      const auto* level = std::get_if<Level>(&value);
      return level != nullptr &&
             std::find(feature.levels.begin(), feature.levels.end(), level->name) != feature.levels.end();
    }
    case FeatureType::kSet: {
      const auto* set = std::get_if<ValueSet>(&value);
      // Both are sorted and without repetition.
      return set != nullptr && std::is_sorted(set->values.begin(), set->values.end()) &&
             std::adjacent_find(set->values.begin(), set->values.end()) == set->values.end() &&
             std::includes(feature.set_values.begin(), feature.set_values.end(), set->values.begin(),
                           set->values.end());
    }
  }
  return false;
}

std::string Expected(const Feature& feature) {
  const auto list = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
  };
  switch (feature.type) {
    case FeatureType::kBoolean: return "true or false";
    case FeatureType::kLimit: return "an amount of at least 0, or unlimited";
    case FeatureType::kMetered: return "amounts of at least 0, or unlimited, the included one not above the cap";
    case FeatureType::kLevel: return "one of its levels: " + list(feature.levels);
    case FeatureType::kSet: return "some of its values, sorted: " + list(feature.set_values);
  }
  return "";
}

}  // namespace

// No tenant id contains a slash, so no two tenants share an object.
ObjectRef OverrideObject(const TenantId& tenant, std::string_view override_id) {
  return {{kOperatorProvider, "", false}, ObjectKind::kOverride, tenant.str() + "/" + std::string(override_id)};
}

std::string OverrideIdOf(const ObjectRef& object) { return object.id.substr(object.id.find('/') + 1); }

std::string EtagOf(const Digest& fact) { return ToHex(fact).substr(0, kEtagDigits); }

absl::Status CheckEtag(const LedgerFact* current, std::string_view etag, std::string_view override_id) {
  if (etag.empty()) return absl::OkStatus();
  const bool in_force = current != nullptr && !std::get<OverrideFact>(current->fact.content).removed;
  if (in_force && EtagOf(current->digest) == etag) return absl::OkStatus();
  return Refuse(Refusal::kEtagMismatch, "override `" + std::string(override_id) + "` is not the one with etag `" +
                                            std::string(etag) + "` any more; read it again, then decide again");
}

bool SameOverride(const OverrideFact& a, const OverrideFact& b) {
  OverrideFact by_same_actor = a;
  by_same_actor.actor = b.actor;
  return by_same_actor == b;
}

absl::Status CheckOverride(const Catalog& catalog, const OverrideFact& content) {
  const std::optional<std::size_t> index = FindFeature(catalog, content.feature.str());
  if (!index) {
    return Refuse(Refusal::kFeatureUnknown, "the catalog declares no feature `" + content.feature.str() + "`");
  }
  const Feature& feature = catalog.features[*index];
  const std::string name = std::string(TypeWord(feature.type)) + " feature `" + feature.id.str() + "`";
  switch (content.mode) {
    case OverrideMode::kDeny: return absl::OkStatus();
    case OverrideMode::kAdd:
      if (feature.type != FeatureType::kLimit && feature.type != FeatureType::kMetered) {
        return InvalidArgument("nothing can be added to the " + name + "; only to limits and metered features");
      }
      break;
    case OverrideMode::kSet: break;
  }
  if (Fits(feature, content.value)) return absl::OkStatus();
  return InvalidArgument("the value does not fit the " + name + "; expected " + Expected(feature));
}

}  // namespace usher
