#include <algorithm>

#include "catalog/diff/sections.h"
#include "catalog/words.h"

namespace usher {
namespace {

std::string YesNo(bool yes) { return yes ? "yes" : "no"; }

std::string TextOf(const OverLimit& over_limit) {
  const std::string then(WordOf(over_limit.then));
  return over_limit.after == CalendarDuration{} ? then : then + " after " + FormatDuration(over_limit.after);
}

std::string TextOf(const OnUnavailable& on_unavailable) {
  const std::string mode(WordOf(on_unavailable.mode));
  return on_unavailable.mode == OnUnavailableMode::kLastKnown ? mode + " " + FormatDuration(on_unavailable.last_known)
                                                              : mode;
}

// The modes stand from mild to hard. Nothing follows block_new, so when it begins makes no difference.
Generosity Compare(const OverLimit& before, const OverLimit& after) {
  const Generosity mode = after.then <=> before.then;
  if (before.then == OverLimitMode::kBlockNew || after.then == OverLimitMode::kBlockNew) return mode;
  return Together(mode, CompareDurations(before.after, after.after));
}

int Mildness(OnUnavailableMode mode) {
  switch (mode) {
    case OnUnavailableMode::kDeny: return 0;
    case OnUnavailableMode::kLastKnown: return 1;
    case OnUnavailableMode::kAllow: return 2;
  }
  return 0;
}

Generosity Compare(const OnUnavailable& before, const OnUnavailable& after) {
  const Generosity mode = Mildness(before.mode) <=> Mildness(after.mode);
  if (mode != Generosity::equivalent || before.mode != OnUnavailableMode::kLastKnown) return mode;
  return CompareDurations(before.last_known, after.last_known);
}

// Whether what both know stands in one order: a plan's level then is what it was among them.
Generosity CompareSteps(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  const auto common = [](const std::vector<std::string>& of, const std::vector<std::string>& with) {
    std::vector<std::string> kept;
    for (const std::string& level : of) {
      if (std::find(with.begin(), with.end(), level) != with.end()) kept.push_back(level);
    }
    return kept;
  };
  return common(before, after) == common(after, before) ? Generosity::equivalent : Generosity::unordered;
}

std::string Percentages(const std::vector<std::int32_t>& warn_at) {
  std::string text;
  for (const std::int32_t percent : warn_at) text += (text.empty() ? "" : ", ") + std::to_string(percent) + "%";
  return text;
}

// The tables of words stand in the order that the comparisons need: reset from often to never, deny before allow.
Changes FeatureParts(const Feature& before, const Feature& after) {
  Changes parts;
  const auto words = [&](const char* attribute, auto from, auto to, Generosity generosity) {
    AddAttribute(parts, attribute, std::string(WordOf(from)), std::string(WordOf(to)), generosity);
  };
  AddAttribute(parts, "title", before.title, after.title, Generosity::equivalent);
  AddAttribute(parts, "unit", before.unit, after.unit, Generosity::equivalent);
  words("merge", before.merge, after.merge, before.merge <=> after.merge);
  AddAttribute(parts, "over_limit", TextOf(before.over_limit), TextOf(after.over_limit),
               Compare(before.over_limit, after.over_limit));
  AddAttribute(parts, "count_pending", YesNo(before.count_pending), YesNo(after.count_pending),
               after.count_pending <=> before.count_pending);
  words("reset", before.reset, after.reset, after.reset <=> before.reset);
  words("anchor", before.anchor, after.anchor,
        before.anchor == after.anchor ? Generosity::equivalent : Generosity::unordered);
  words("on_plan_change", before.on_plan_change, after.on_plan_change, before.on_plan_change <=> after.on_plan_change);
  AddAttribute(parts, "warn_at", Percentages(before.warn_at), Percentages(after.warn_at), Generosity::equivalent);
  AddAttribute(parts, "levels", Listed(before.levels), Listed(after.levels), CompareSteps(before.levels, after.levels));
  AddAttribute(parts, "values", Listed(before.set_values), Listed(after.set_values), Generosity::equivalent);
  words("on_suspended", before.on_suspended, after.on_suspended, before.on_suspended <=> after.on_suspended);
  AddAttribute(parts, "on_unavailable", TextOf(before.on_unavailable), TextOf(after.on_unavailable),
               Compare(before.on_unavailable, after.on_unavailable));
  return parts;
}

}  // namespace

void DiffFeatures(const CatalogPair& catalogs, Changes& changes) {
  SideBySide(catalogs.before.features, catalogs.after.features, kById,
             [&](const Feature* before, const Feature* after) {
               const Feature& present = after != nullptr ? *after : *before;
               Changes found;
               if (before == nullptr) {
                 found.push_back(Added(ChangeSubject::kFeature, ""));
                 found.back().after = WordOf(after->type);
               } else if (after == nullptr) {
                 found.push_back(Removed(ChangeSubject::kFeature, ""));
                 found.back().before = WordOf(before->type);
               } else if (before->type != after->type) {
                 // Values of another kind cannot be compared, nor can what the feature says about them.
                 found.push_back(ChangeOf(ChangeKind::kRetyped, ChangeEffect::kBoth, ChangeSubject::kFeature, ""));
                 found.back().before = WordOf(before->type);
                 found.back().after = WordOf(after->type);
               } else {
                 found = FeatureParts(*before, *after);
               }
               for (Change& change : found) {
                 change.subject = ChangeSubject::kFeature;
                 change.id = present.id.str();
                 change.title = TitleOf(before != nullptr ? before->title : "", present.title);
                 changes.push_back(std::move(change));
               }
             });
}

}  // namespace usher
