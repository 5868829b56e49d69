// A difference between two catalogs, as a value that people read and programs act on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace usher {

//   kWidened, kNarrowed  the same thing gives a tenant more, less
//   kChanged             neither: it gives more of one and less of another, or only shows something else (see effect)
//   kRetyped             a feature takes values of another kind
//   kRepointed           a price, or a group's default, sells another plan or add-on
//   kRetired, kReinstated  the status of a price: on from current to legacy to retired, or back
//   kDeleted             a live price is not listed any more
//   kContent             what a used name@version grants is not what it was
enum class ChangeKind {
  kAdded,
  kRemoved,
  kWidened,
  kNarrowed,
  kChanged,
  kRetyped,
  kRepointed,
  kRetired,
  kReinstated,
  kDeleted,
  kContent
};

// What it does to the tenants that have it: nothing, more, less, or more of one and less of another.
enum class ChangeEffect { kNone, kWider, kNarrower, kBoth };

// kError may not go live. kNarrowed takes something away from somebody who has it. kNote does neither.
enum class ChangeSeverity { kError, kNarrowed, kNote };

// What the change is about.
enum class ChangeSubject {
  kPlan,
  kAddOn,
  kPrice,
  kGroup,
  kFeature,
  kMemberKind,
  kRole,
  kPermission,
  kPaymentPolicy,
  kCatalog
};

struct Change {
  ChangeKind kind = ChangeKind::kChanged;
  ChangeEffect effect = ChangeEffect::kNone;
  ChangeSubject subject = ChangeSubject::kCatalog;
  std::string id;     // `growth@2`, `price_1Pg`; of a payment policy its key; empty for the catalog itself
  std::string title;  // the subject's, in the newer catalog that has it; may be empty
  // What of the subject, when not the whole of it: a feature that a plan or add-on grants, or an attribute such as
  // `trial`. At most one of the two is there.
  std::string feature;
  std::string feature_title;
  std::string attribute;
  // As people read it; empty: it is not there, or there is no short way to say it.
  std::string before;
  std::string after;
  std::string remedy;  // of an error: a sentence that says what to do instead
  // kRepointed: what those who have it gain and lose, with `id` saying from what to what.
  std::vector<Change> parts;
};

// Of price `id`: `live` and `test` are one name space, so the id is enough.
//
// The name of the change, `narrowed:growth@2.projects`: what is different, and how. Stable, because people write it
// into pipelines: it depends on nothing else that changed, and no two changes of one comparison share it.
std::string KeyOf(const Change& change);

ChangeSeverity SeverityOf(const Change& change);

// The words of keys and of machine-readable output.
std::string_view WordOf(ChangeKind kind);
std::string_view WordOf(ChangeEffect effect);
std::string_view WordOf(ChangeSeverity severity);
std::string_view WordOf(ChangeSubject subject);

}  // namespace usher
