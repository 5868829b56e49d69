#include "server/core/fact_codec.h"

#include <algorithm>
#include <type_traits>

#include "server/core/canonical_codec.h"
#include "server/core/fact_fields.h"

namespace usher {
namespace {

// Walks a content's fields for the objects they name: edges, tenants, and the edges inside lists of structs.
class ReferenceCollector {
 public:
  explicit ReferenceCollector(const ObjectRef& own) : own_(own) {}

  template <IsDescribed S>
  void Visit(const S& value) {
    ForEachField<S>([&](const auto& field) { VisitField(field.names, value.*field.member); });
  }

  std::vector<ObjectRef> Take() {
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return std::move(found_);
  }

 private:
  template <class T>
  void VisitField(const std::optional<ObjectKind>& names, const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (names && !value.empty()) Add({.scope = own_.scope, .kind = *names, .id = value});
    } else if constexpr (std::is_same_v<T, TenantId>) {
      if (!value.empty()) Add(TenantObject(value));
    } else if constexpr (std::is_same_v<T, std::vector<InvoiceLine>>) {
      for (const InvoiceLine& line : value) Visit(line);
    }
  }
  void Add(ObjectRef reference) {
    if (reference != own_) found_.push_back(std::move(reference));
  }

  const ObjectRef& own_;
  std::vector<ObjectRef> found_;
};

}  // namespace

std::string EncodeFact(const Fact& fact) { return EncodeCanonical(fact); }

absl::StatusOr<Fact> DecodeFact(std::string_view bytes) { return DecodeCanonical<Fact>(bytes); }

Digest FactDigest(const Fact& fact) { return Sha256(EncodeFact(fact)); }

std::vector<ObjectRef> References(const Fact& fact) {
  ReferenceCollector collector(fact.object);
  std::visit([&](const auto& content) { collector.Visit(content); }, fact.content);
  return collector.Take();
}

ObjectRef TenantObject(const TenantId& tenant) {
  return {.scope = {}, .kind = ObjectKind::kTenant, .id = tenant.str()};
}

std::string_view ObjectKindName(ObjectKind kind) { return WordOf(kind); }

}  // namespace usher
