// Distinct types for identifiers, so that a feature can never be passed where a plan is meant.
//
// Every id is an opaque, exact, case-sensitive string: nothing in Usher parses a price id or compares prefixes.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace usher {

template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  explicit Id(std::string_view text) : text_(text) {}
  explicit Id(const char* text) : text_(text) {}

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Id&, const Id&) = default;
  friend std::strong_ordering operator<=>(const Id&, const Id&) = default;

  template <class H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.text_);
  }

 private:
  std::string text_;
};

// Who may do things: the caller's own account id, 1-128 of [A-Za-z0-9_.:-].
using TenantId = Id<struct TenantTag>;
// A member of a tenant, by the identity provider's own id: 1-128 of [A-Za-z0-9_.:-].
using UserId = Id<struct UserTag>;
// A capability that applications ask about, such as `sso`.
using FeatureId = Id<struct FeatureTag>;
// `name@version`, such as `growth@2`; plans and add-ons share the form, not the type.
using PlanId = Id<struct PlanTag>;
using AddOnId = Id<struct AddOnTag>;
// The billing system's id of a price; an opaque exact key.
using PriceId = Id<struct PriceTag>;
using RoleId = Id<struct RoleTag>;
using PermissionId = Id<struct PermissionTag>;

}  // namespace usher

template <class Tag>
struct std::hash<usher::Id<Tag>> {
  std::size_t operator()(const usher::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
