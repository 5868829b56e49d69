// The registry of everything that can be found in a catalog: stable codes, and what each means.
//
// A number is never reused and never changes its meaning: CI configurations and search engines know it. The table in
// codes.cc is the only place where a code is described; `usher explain-code`, docs/catalog-reference.md and the SARIF
// rules print it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace usher {

enum class Severity { kError, kWarning };

enum class Code : std::uint16_t {
  // The file as text and as YAML.
  kNotUtf8 = 1,
  kTooLarge = 2,
  kTooDeep = 3,
  kSyntax = 4,
  kAnchor = 5,
  kAlias = 6,
  kTag = 7,
  kMergeKey = 8,
  kSecondDocument = 9,
  kDuplicateKey = 10,
  kKeyNotText = 11,
  kEmptyFile = 12,
  kDirective = 13,
  kControlCharacter = 14,
  kTooManyFindings = 15,
  // The shape: keys and forms of values.
  kUnknownKey = 101,
  kMissingKey = 102,
  kWrongKind = 103,
  kUnknownWord = 104,
  kNotWhole = 105,
  kNegative = 106,
  kQuoted = 107,
  kBadDuration = 108,
  kBadName = 109,
  kBadVersionedName = 110,
  kReservedWord = 111,
  kNotYet = 112,
  kApiVersion = 113,
  kRepeatedItem = 114,
  kOutOfRange = 115,
  kEmpty = 116,
  kKeyDoesNotApply = 117,
  kExactlyOne = 118,
  kTooMany = 119,
  kBadText = 120,
  kNoCatalogName = 121,
  kTwoCatalogNames = 122,
  // The meaning: references and rules between parts.
  kDuplicatePrice = 201,
  kUnknownFeature = 202,
  kUnknownPlan = 203,
  kUnknownAddOn = 204,
  kUnknownGroup = 205,
  kUnknownRole = 206,
  kUnknownPermission = 207,
  kUnknownMemberKind = 208,
  kUnknownPlanName = 209,
  kIncludesCycle = 210,
  kValueOfOtherType = 211,
  kUnknownLevel = 212,
  kUnknownSetValue = 213,
  kFormNotAllowed = 214,
  kCapBelowIncluded = 215,
  kDefaultPlanOfOtherGroup = 216,
  kMemberRolesNotTotal = 217,
  kGroupMissing = 218,
  kTrialOfOtherGroup = 219,
  kIdentityRoleTwice = 220,
  kOneOffArrears = 221,
  kResolvedTooLarge = 222,
  // Legal, and probably not meant.
  kLiveWithoutTest = 301,
  kPlanWithoutPrice = 302,
  kAddOnWithoutPrice = 303,
  kFeatureNeverGranted = 304,
  kRoleNeverGiven = 305,
  kPermissionInNoRole = 306,
  kNothingToRemove = 307,
  kArrearsPerQuantity = 308,
  // The catalog beside the prices of the billing system.
  kPriceNotInCatalog = 401,
  kPriceNotAtBilling = 402,
  kPriceOfOtherMode = 403,
  kIntervalDiffers = 404,
  kCurrencyDiffers = 405,
  kArchivedPriceNotInCatalog = 406,
  kArchivedPriceSold = 407,
  kPriceListGoesOn = 408,
  // Scenarios of a catalog (server/workbench/scenario).
  kBadTime = 501,
  kTimeBackwards = 502,
  kUnknownPrice = 503,
  kNoMatchingPrice = 504,
  kSeveralVerbs = 505,
  kEmptyStep = 506,
  kCannotHappen = 507,
  kBadEvent = 508,
  kScenarioTwice = 509,
  kExpectsNothing = 510,
};

// Whether a code is about the scenarios of a catalog, not about a catalog.
constexpr bool IsOfScenarios(Code code) { return code >= Code::kBadTime && code <= Code::kExpectsNothing; }

struct CodeInfo {
  Code code;
  Severity severity;
  std::string_view title;
  std::string_view meaning;
  std::string_view mend;
};

// All codes, ascending.
std::span<const CodeInfo> AllCodes();

const CodeInfo& InfoOf(Code code);

// `USH0107`.
std::string CodeName(Code code);

// The code that is written `USH0107`, exactly; nullopt for anything that is not in the registry.
std::optional<Code> FindCode(std::string_view name);

}  // namespace usher
