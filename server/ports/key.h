// API keys as they are kept: everything but the secret.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "catalog/digest.h"
#include "catalog/ids.h"
#include "catalog/time.h"

namespace usher {

// What a caller may do. The numbers are stored.
enum class Scope { kCheck = 1, kIngest = 2, kRoles = 3, kCatalog = 4, kAdmin = 5, kMetrics = 6 };
inline constexpr Scope kScopes[] = {Scope::kCheck,   Scope::kIngest, Scope::kRoles,
                                    Scope::kCatalog, Scope::kAdmin,  Scope::kMetrics};

// A set of scopes. Cheap to copy.
class Scopes {
 public:
  Scopes() = default;
  Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) Add(scope);
  }
  // What `bits` answered; unknown bits stay and allow nothing.
  static Scopes FromBits(std::uint32_t bits) {
    Scopes scopes;
    scopes.bits_ = bits;
    return scopes;
  }

  void Add(Scope scope) { bits_ |= Bit(scope); }
  bool empty() const { return bits_ == 0; }
  bool Has(Scope scope) const { return (bits_ & Bit(scope)) != 0; }
  // kAdmin implies every scope.
  bool Allow(Scope scope) const { return Has(scope) || Has(Scope::kAdmin); }
  std::uint32_t bits() const { return bits_; }

  friend bool operator==(const Scopes&, const Scopes&) = default;

 private:
  static std::uint32_t Bit(Scope scope) { return std::uint32_t{1} << static_cast<unsigned>(scope); }
  std::uint32_t bits_ = 0;
};

struct KeyRow {
  std::int64_t position = 0;  // given by the store, ascending in the order of creation
  std::string id;             // `key_...`, unique, for people and the audit
  std::string name;
  Digest hash;  // of the secret, unique
  Scopes scopes;
  TenantId tenant;  // empty: bound to none
  Instant created_at{};
  std::string created_by;
  std::optional<Instant> expires_at;
  std::optional<Instant> revoked_at;
};

}  // namespace usher
