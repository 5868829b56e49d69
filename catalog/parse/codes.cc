#include "catalog/parse/codes.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace usher {
namespace {

constexpr Severity kE = Severity::kError;
constexpr Severity kW = Severity::kWarning;

constexpr CodeInfo kCodes[] = {
    {Code::kNotUtf8, kE, "not UTF-8", "The file holds bytes that are not UTF-8 text, the only encoding that is read.",
     "Save the file as UTF-8."},
    {Code::kTooLarge, kE, "file too large", "A catalog file has at most 1 MiB, so that reading it has a bound.",
     "Split the catalog into a folder of files, which is read as one."},
    {Code::kTooDeep, kE, "nested too deep",
     "Maps and lists are nested more than 16 levels deep, which only a mistake or an attack does.",
     "Look for an unclosed bracket or a runaway indentation."},
    {Code::kSyntax, kE, "not YAML", "The text breaks the rules of YAML; nothing after this place was read.",
     "Mend the place: often a missing space after a colon, a tab, or an unclosed quote or bracket."},
    {Code::kAnchor, kE, "anchor refused",
     "`&name` marks a value for reuse elsewhere. A catalog says everything where it is meant, so that a reviewer sees "
     "in "
     "a diff what a change changes.",
     "Remove the anchor, and write the value out wherever it is needed; plans share values with `includes`."},
    {Code::kAlias, kE, "alias refused",
     "`*name` copies a marked value. Aliases hide what a change touches, and a few of them can unfold to millions of "
     "values.",
     "Write the value out; plans share values with `includes`."},
    {Code::kTag, kE, "tag refused",
     "`!name` changes the type of a value. In a catalog the form of a value says what it is.",
     "Remove the tag; put quotes around a text that looks like a number."},
    {Code::kMergeKey, kE, "merge key refused",
     "`<<` copies keys from another map; YAML readers disagree on what it does.",
     "Write the keys out; plans share values with `includes`."},
    {Code::kSecondDocument, kE, "more than one document",
     "Something follows the end of the first YAML document. Many readers drop it in silence.",
     "Remove the `---` or `...` and what follows it, or move that into a file of its own."},
    {Code::kDuplicateKey, kE, "key given twice",
     "The same key stands twice in one map. Many readers keep only one of the two.",
     "Keep the one that is meant. The message names both places."},
    {Code::kKeyNotText, kE, "key is not a word", "A map or a list, or nothing at all, stands where a key is expected.",
     "Write a plain word before the colon."},
    {Code::kEmptyFile, kE, "empty file", "The file has no content but perhaps comments.",
     "Start from `usher catalog init`, or remove the file from the folder."},
    {Code::kDirective, kE, "directive refused", "`%YAML` and `%TAG` lines change how the rest is read.",
     "Remove the line that starts with %."},
    {Code::kControlCharacter, kE, "control character",
     "The file holds a character that cannot be seen, such as NUL or an exotic line break. What a reviewer sees must "
     "be "
     "what is read.",
     "Remove the character; use spaces and ordinary line breaks."},
    {Code::kTooManyFindings, kE, "more findings than are listed",
     "There were more than 1000 findings; the rest is not listed.", "Mend what is listed and validate again."},

    {Code::kUnknownKey, kE, "unknown key",
     "The key means nothing here. A misspelled key would otherwise be ignored in silence.",
     "Correct the spelling; docs/catalog-reference.md lists every key."},
    {Code::kMissingKey, kE, "required key missing", "A key without which this part has no meaning is not there.",
     "Add the key that the message names."},
    {Code::kWrongKind, kE, "value of the wrong kind",
     "For instance a list where a word is expected, or a number where a text is.",
     "Write the kind of value that the message names."},
    {Code::kUnknownWord, kE, "word not among the accepted ones", "The key accepts only certain words.",
     "Use one of the words that the message lists."},
    {Code::kNotWhole, kE, "not a whole number",
     "Numbers are whole and decimal: no fraction, exponent, octal, hexadecimal, sign or leading zero. `010` is eight "
     "to one "
     "reader and ten to another.",
     "Write the number with the digits 0 to 9 only."},
    {Code::kNegative, kE, "negative number", "No amount is negative. In other systems -1 often stands for no limit.",
     "Write the word `unlimited` for no limit, `none` to take a feature away, 0 for zero."},
    {Code::kQuoted, kE, "number or yes/no in quotes",
     "Quotes make a text of what they hold. A quoted \"false\" or \"5\" is a mistake that some readers accept and "
     "others "
     "turn around.",
     "Remove the quotes."},
    {Code::kBadDuration, kE, "not a duration", "A duration is one whole number and one unit: m (minutes), h, d, mo, y.",
     "Write for instance 30m, 48h, 3d, 1mo or 1y."},
    {Code::kBadName, kE, "malformed name", "Names have a stated form, so that they fit into logs, headers and URLs.",
     "Use the form that the message states."},
    {Code::kBadVersionedName, kE, "not name@version",
     "Plans and add-ons are named with their version, because what a version contains never changes once it is live.",
     "Write the name, an @ and a number from 1, such as growth@2."},
    {Code::kReservedWord, kE, "reserved word",
     "The word has a meaning of its own in answers or in entitlements (none, unlimited, names of states), so nothing "
     "can be "
     "called that.",
     "Choose another word."},
    {Code::kNotYet, kE, "key not yet known",
     "The key is planned and this version does not know it. Ignoring it would change what the file means.",
     "Remove the key, or use a version of Usher that knows it."},
    {Code::kApiVersion, kE, "unknown apiVersion", "The version of the file format is not one that this version reads.",
     "Write `apiVersion: usher/v1`."},
    {Code::kRepeatedItem, kE, "item given twice", "The list names the same thing twice.", "Remove one of the two."},
    {Code::kOutOfRange, kE, "number out of range", "The number is smaller or larger than the key accepts.",
     "Use a number within the bounds that the message names."},
    {Code::kEmpty, kE, "empty", "The text, list or map has to hold something.", "Fill it, or remove its key."},
    {Code::kKeyDoesNotApply, kE, "key does not apply here",
     "The key exists and has no meaning together with what else is said, such as `levels` on a boolean feature or "
     "`grants_for` on a price that renews.",
     "Remove the key, or change what it does not fit to."},
    {Code::kExactlyOne, kE, "exactly one of several keys",
     "Several keys exclude each other, and one of them has to be there, such as `plan`, `add_on` and `ignore` of a "
     "price.",
     "Keep exactly one of the keys that the message names."},
    {Code::kTooMany, kE, "too many",
     "The section or list holds more than it may, so that the size of a catalog has a bound.",
     "Remove what is no longer used, or divide the catalog."},
    {Code::kBadText, kE, "text too long or with a line break",
     "Titles and labels are one line of at most 200 characters.", "Shorten the text to one line."},
    {Code::kNoCatalogName, kE, "no file has the key catalog", "Exactly one file of a catalog says its name.",
     "Add `catalog: NAME` to one of the files."},
    {Code::kTwoCatalogNames, kE, "two files have the key catalog",
     "Exactly one file of a catalog says its name: two names mean that files of two catalogs were read as one.",
     "Keep `catalog` in one file, or validate the catalogs one by one."},

    {Code::kDuplicatePrice, kE, "price listed twice",
     "A price id stands once in the whole catalog, over all environments and files: it means one thing.",
     "Remove one of the two entries. The message names both places."},
    {Code::kUnknownFeature, kE, "unknown feature", "The name is not under `features`.",
     "Correct the name, or declare the feature."},
    {Code::kUnknownPlan, kE, "unknown plan", "The name@version is not under `plans`.",
     "Correct the name or the version, or declare the plan."},
    {Code::kUnknownAddOn, kE, "unknown add-on", "The name@version is not under `add_ons`.",
     "Correct the name or the version, or declare the add-on."},
    {Code::kUnknownGroup, kE, "unknown group", "The name is not under `groups`. Without `groups` there is one, `main`.",
     "Correct the name, or declare the group."},
    {Code::kUnknownRole, kE, "unknown role", "The name is not under `roles`.",
     "Correct the name, or declare the role."},
    {Code::kUnknownPermission, kE, "unknown permission",
     "The name is not under `permissions`, where all of them are declared.",
     "Correct the name, or declare the permission."},
    {Code::kUnknownMemberKind, kE, "unknown member kind", "The name is not under `member_kinds`.",
     "Correct the name, or declare the member kind."},
    {Code::kUnknownPlanName, kE, "unknown plan name",
     "`for` of an add-on lists names of plans without a version, and no plan has this name.",
     "Correct the name; leave out the version."},
    {Code::kIncludesCycle, kE, "plans include each other",
     "Following `includes` leads back to where it began, so no plan comes first.",
     "Remove one `includes` of the chain that the message shows."},
    {Code::kValueOfOtherType, kE, "value of another type than the feature",
     "The feature's type says which values it takes.", "Write a value of the form that the message names."},
    {Code::kUnknownLevel, kE, "unknown level", "The word is not among the feature's `levels`.",
     "Correct the word, or add it to `levels` at its place."},
    {Code::kUnknownSetValue, kE, "unknown set value", "The word is not among the feature's `values`.",
     "Correct the word, or add it to `values`."},
    {Code::kFormNotAllowed, kE, "form not allowed here",
     "Plans state amounts (25, unlimited, per_quantity); add-ons add to them (add, add_per_quantity) and cannot take "
     "away.",
     "Write the form that the message names."},
    {Code::kCapBelowIncluded, kE, "cap below included", "Use would stop before what is included is used up.",
     "Make `cap` at least `included`, or unlimited."},
    {Code::kDefaultPlanOfOtherGroup, kE, "default plan of another group",
     "The default plan answers for its group when nothing else does, so it has to belong to that group.",
     "Name a plan of the group, or change the plan's `group`."},
    {Code::kMemberRolesNotTotal, kE, "member roles not total",
     "In a group with a default plan every plan says the roles of every member kind, its own or included: a member "
     "without "
     "a role could do nothing, by accident.",
     "Add the member kinds that the message names to `member_roles`."},
    {Code::kGroupMissing, kE, "group missing", "With more than one group every plan says to which it belongs.",
     "Add `group` with one of the groups that the message names."},
    {Code::kTrialOfOtherGroup, kE, "trial grants a plan of another group",
     "A trial stands in for its plan, so it grants a plan of the same group.", "Name a plan of the same group."},
    {Code::kIdentityRoleTwice, kE, "identity role of two member kinds",
     "A role name of the identity provider means one member kind.", "Keep it under one member kind."},
    {Code::kOneOffArrears, kE, "one-off price in arrears",
     "`arrears` extends a grant by the length of the billed period, and a one-off price has no period.",
     "Remove `arrears`, or change `interval`."},
    {Code::kResolvedTooLarge, kE, "catalog too large once resolved",
     "Plans that include each other and features with many values multiply; their product has a bound so that a small "
     "file "
     "cannot fill the memory.",
     "Remove plans or features that are no longer used."},

    {Code::kLiveWithoutTest, kW, "live sells what test does not",
     "A plan or add-on has a current price in `live` and none in `test`, so its purchase cannot be rehearsed.",
     "Create the price in the test mode of the billing system and list it under `prices: test`."},
    {Code::kPlanWithoutPrice, kW, "plan without a price",
     "The plan is offered, is no default plan, and no price sells it: nobody can get it.",
     "Add its price, or say `offered: no`."},
    {Code::kAddOnWithoutPrice, kW, "add-on without a price", "No price sells the add-on: nobody can get it.",
     "Add its price, or remove the add-on if it was never sold."},
    {Code::kFeatureNeverGranted, kW, "feature never granted",
     "No plan and no add-on grants the feature: every answer is no.", "Grant it in a plan, or remove it."},
    {Code::kRoleNeverGiven, kW, "role never given", "No plan gives the role to a member kind.",
     "Use it in `member_roles`, or remove it."},
    {Code::kPermissionInNoRole, kW, "permission in no role", "No role has the permission: nobody is ever allowed it.",
     "Add it to a role, or remove it."},
    {Code::kNothingToRemove, kW, "nothing to remove",
     "`none` removes what `includes` brought, and it brought nothing of this.",
     "Remove the line: what is absent is not granted."},
    {Code::kArrearsPerQuantity, kW, "per quantity under an arrears price",
     "The quantity of a price in arrears is usage, never a multiplier, and what it sells grants amounts per quantity.",
     "Sell a plan with fixed amounts, or remove `arrears`."},

    {Code::kPriceNotInCatalog, kE, "price not in the catalog",
     "The billing system sells a price that the catalog does not list: a payment of it is unmapped.",
     "List it under `prices`, with `ignore` when it grants nothing."},
    {Code::kPriceNotAtBilling, kE, "price not at the billing system",
     "The catalog lists a price that the billing system does not: a typing error, or the price of another account.",
     "Correct the id; of a price that is gone say `status: retired`."},
    {Code::kPriceOfOtherMode, kE, "price of the other mode",
     "The price stands under `live` and is one of the test mode, or the other way round: no payment ever finds it.",
     "Move it to the other environment."},
    {Code::kIntervalDiffers, kE, "interval differs",
     "The catalog says another interval than the billing system. Between a one-off price and one that renews it "
     "decides "
     "how long a payment grants.",
     "Write the interval that the message names."},
    {Code::kCurrencyDiffers, kE, "currency differs", "The catalog says another currency than the billing system.",
     "Write the currency that the message names, or remove the label."},
    {Code::kArchivedPriceNotInCatalog, kW, "archived price not in the catalog",
     "The billing system has archived a price that the catalog does not list. Subscriptions to it still renew.",
     "List it under `prices` with `status: legacy`, unless nobody ever bought it."},
    {Code::kArchivedPriceSold, kW, "archived price still current",
     "The catalog sells a price that the billing system has archived: nobody can buy it.",
     "Say `status: legacy`, or make it active at the billing system."},
    {Code::kPriceListGoesOn, kW, "list of prices goes on",
     "The list is one page of several, so what is not on it was not looked for.",
     "Give all pages: --stripe-prices takes several files."},
    {Code::kBadTime, kE, "not a time of a scenario",
     "A time is an instant in UTC, or an offset from the start of its scenario.",
     "Write for instance 2026-07-01T00:00:00Z, +10d, +1mo or +1mo+72h."},
    {Code::kTimeBackwards, kE, "step before the one above it",
     "Steps stand in the order of their times, so that a scenario reads as what happens.",
     "Correct the time, or move the step up."},
    {Code::kUnknownPrice, kE, "unknown price",
     "The price is not in the catalog, or not among the prices of the scenario's environment.",
     "Correct the id, set `environment`, or write `unmapped_price` for a price that is meant to be unknown."},
    {Code::kNoMatchingPrice, kE, "no price matches",
     "`for_each` names what no price of the environment is, so the scenario would never run.",
     "Correct what the prices are chosen by, or set `environment`."},
    {Code::kSeveralVerbs, kE, "several verbs in one step", "One thing happens in a step; steps may have equal times.",
     "Give each verb a step of its own."},
    {Code::kEmptyStep, kE, "step without verb and expectation", "The step does nothing and asks for nothing.",
     "Add a verb or `expect`, or remove the step."},
    {Code::kCannotHappen, kE, "verb that cannot happen here",
     "What the verb is about is not there at this step: a refund of what was not paid, a dispute that nobody opened, a "
     "period that nobody stated.",
     "Mend what the message names, or the steps above."},
    {Code::kBadEvent, kE, "event file that cannot be used",
     "The file cannot be read, is no event that the server would apply, or tells of something after its step.",
     "Mend what the message names; `usher stripe dry-run FILE` shows what an event amounts to."},
    {Code::kScenarioTwice, kE, "two scenarios of one name", "A report names scenarios by their names.",
     "Rename one of the two."},
    {Code::kExpectsNothing, kE, "scenario that expects nothing", "Whatever is answered, the scenario would pass.",
     "Add `expect` to a step."},
};

}  // namespace

std::span<const CodeInfo> AllCodes() { return kCodes; }

const CodeInfo& InfoOf(Code code) {
  const auto found = std::lower_bound(std::begin(kCodes), std::end(kCodes), code,
                                      [](const CodeInfo& info, Code wanted) { return info.code < wanted; });
  return *found;
}

std::string CodeName(Code code) {
  char text[16];
  std::snprintf(text, sizeof text, "USH%04d", static_cast<int>(code));
  return text;
}

std::optional<Code> FindCode(std::string_view name) {
  for (const CodeInfo& info : kCodes) {
    if (CodeName(info.code) == name) return info.code;
  }
  return std::nullopt;
}

}  // namespace usher
