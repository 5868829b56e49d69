// What a comparison has to say when the two catalogs trade places.
#pragma once

#include "catalog/diff/change.h"

namespace usher {

inline ChangeKind Reversed(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded: return ChangeKind::kRemoved;
    case ChangeKind::kRemoved:
    case ChangeKind::kDeleted: return ChangeKind::kAdded;
    case ChangeKind::kWidened: return ChangeKind::kNarrowed;
    case ChangeKind::kNarrowed: return ChangeKind::kWidened;
    case ChangeKind::kRetired: return ChangeKind::kReinstated;
    case ChangeKind::kReinstated: return ChangeKind::kRetired;
    case ChangeKind::kChanged:
    case ChangeKind::kRetyped:
    case ChangeKind::kRepointed:
    case ChangeKind::kContent: return kind;
  }
  return kind;
}

inline ChangeEffect Reversed(ChangeEffect effect) {
  switch (effect) {
    case ChangeEffect::kWider: return ChangeEffect::kNarrower;
    case ChangeEffect::kNarrower: return ChangeEffect::kWider;
    case ChangeEffect::kNone:
    case ChangeEffect::kBoth: return effect;
  }
  return effect;
}

}  // namespace usher
