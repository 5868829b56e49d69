#include "clients/cli/catalog_diff_text.h"

#include <algorithm>
#include <sstream>

#include "catalog/diff/meaning.h"
#include "clients/cli/json_writer.h"
#include "clients/cli/table.h"

namespace usher {
namespace {

std::size_t CountOf(const std::vector<Change>& changes, ChangeSeverity severity) {
  return static_cast<std::size_t>(std::count_if(changes.begin(), changes.end(),
                                                [&](const Change& change) { return SeverityOf(change) == severity; }));
}

std::string Titled(const std::string& title, const std::string& id) { return title.empty() ? id : title; }

// `payment_policy.dunning_grace` as words.
std::string AttributeWords(std::string attribute) {
  std::replace(attribute.begin(), attribute.end(), '_', ' ');
  const std::size_t dot = attribute.find('.');
  if (dot != std::string::npos) attribute.replace(dot, 1, ": ");
  return attribute;
}

std::string SubjectWords(const Change& change) {
  switch (change.subject) {
    case ChangeSubject::kPlan:
    case ChangeSubject::kAddOn: return Titled(change.title, change.id);
    case ChangeSubject::kPrice: return "price " + change.id;
    case ChangeSubject::kGroup: return "group " + change.id;
    case ChangeSubject::kFeature: return "feature " + Titled(change.title, change.id);
    case ChangeSubject::kMemberKind: return "member kind " + change.id;
    case ChangeSubject::kRole: return "role " + change.id;
    case ChangeSubject::kPermission: return "permission " + change.id;
    case ChangeSubject::kPaymentPolicy: return "payment policy " + change.id;
    case ChangeSubject::kCatalog: return "catalog";
  }
  return "";
}

std::string PartWords(const Change& change) {
  if (!change.feature.empty()) return Titled(change.feature_title, change.feature);
  return AttributeWords(change.attribute);
}

std::string Values(const Change& change) {
  if (change.before.empty() && change.after.empty()) return "";
  return (change.before.empty() ? "-" : change.before) + " -> " + (change.after.empty() ? "-" : change.after);
}

// `Growth, Projects: 25 -> 10`.
std::string Sentence(const Change& change) {
  const std::string part = PartWords(change);
  const std::string values = Values(change);
  return SubjectWords(change) + (part.empty() ? "" : ", " + part) + (values.empty() ? "" : ": " + values);
}

std::string_view Heading(ChangeSeverity severity) {
  switch (severity) {
    case ChangeSeverity::kError: return "Errors";
    case ChangeSeverity::kNarrowed: return "Takes something away";
    case ChangeSeverity::kNote: return "Takes nothing away";
  }
  return "";
}

constexpr ChangeSeverity kSeverities[] = {ChangeSeverity::kError, ChangeSeverity::kNarrowed, ChangeSeverity::kNote};

Ink InkOf(ChangeSeverity severity) {
  switch (severity) {
    case ChangeSeverity::kError: return Ink::kRed;
    case ChangeSeverity::kNarrowed: return Ink::kYellow;
    case ChangeSeverity::kNote: return Ink::kPlain;
  }
  return Ink::kPlain;
}

void WriteChange(JsonWriter& json, const Change& change, bool part) {
  json.BeginObject();
  if (!part) json.Key("key").String(KeyOf(change));
  if (!part) json.Key("severity").String(WordOf(SeverityOf(change)));
  json.Key("kind").String(WordOf(change.kind));
  json.Key("effect").String(WordOf(change.effect));
  json.Key("subject").String(WordOf(change.subject));
  json.Key("id").String(change.id);
  if (!change.title.empty()) json.Key("title").String(change.title);
  if (!change.feature.empty()) json.Key("feature").String(change.feature);
  if (!change.attribute.empty()) json.Key("attribute").String(change.attribute);
  json.Key("before").String(change.before);
  json.Key("after").String(change.after);
  json.Key("meaning").String(MeaningOf(change));
  if (!change.parts.empty()) {
    json.Key("parts").BeginArray();
    for (const Change& each : change.parts) WriteChange(json, each, true);
    json.EndArray();
  }
  json.EndObject();
}

void WriteIdentity(JsonWriter& json, std::string_view key, const Catalog& catalog) {
  json.Key(key).BeginObject();
  json.Key("catalog").String(catalog.name);
  json.Key("hash").String(ToHex(catalog.hash));
  json.EndObject();
}

}  // namespace

std::string DiffSummary(const CatalogDiff& diff) {
  const std::size_t errors = CountOf(diff.changes, ChangeSeverity::kError);
  const std::size_t narrowed = CountOf(diff.changes, ChangeSeverity::kNarrowed);
  const std::size_t notes = CountOf(diff.changes, ChangeSeverity::kNote);
  if (diff.changes.empty()) return "Nothing changed: everybody keeps what they have.";
  std::vector<std::string> clauses;
  if (errors > 0) {
    clauses.push_back(std::to_string(errors) + (errors == 1 ? " is an error" : " are errors") + " and cannot go live");
  }
  if (narrowed > 0) {
    clauses.push_back(std::to_string(narrowed) + (narrowed == 1 ? " takes" : " take") + " something away");
  }
  if (notes > 0) clauses.push_back(std::to_string(notes) + (notes == 1 ? " takes" : " take") + " nothing away");
  std::string text = diff.changes.size() == 1 ? "1 change: " : std::to_string(diff.changes.size()) + " changes: ";
  for (std::size_t i = 0; i < clauses.size(); ++i) text += (i == 0 ? "" : ", ") + clauses[i];
  return text + ".";
}

std::string DiffAsText(const CatalogDiff& diff) {
  std::string text;
  for (const ChangeSeverity severity : kSeverities) {
    if (CountOf(diff.changes, severity) == 0) continue;
    text += std::string(Heading(severity)) + ":\n";
    for (const Change& change : diff.changes) {
      if (SeverityOf(change) != severity) continue;
      text += "  " + KeyOf(change) + "  " + Sentence(change) + ". " + MeaningOf(change) + "\n";
      for (const Change& part : change.parts) text += "    " + PartWords(part) + ": " + Values(part) + "\n";
    }
    text += "\n";
  }
  return text + DiffSummary(diff) + "\n";
}

std::string DiffAsTable(const CatalogDiff& diff, bool colors) {
  std::ostringstream out;
  Table table({"key", "what", "before", "after", "what it means"});
  for (const Change& change : diff.changes) {
    const std::string part = PartWords(change);
    table.Add({{KeyOf(change), InkOf(SeverityOf(change))},
               {SubjectWords(change) + (part.empty() ? "" : ", " + part)},
               {change.before.empty() ? "-" : change.before},
               {change.after.empty() ? "-" : change.after},
               {MeaningOf(change)}});
  }
  if (!table.empty()) table.Print(out, colors);
  out << (table.empty() ? "" : "\n") << DiffSummary(diff) << "\n";
  return out.str();
}

std::string DiffAsJson(const CatalogDiff& diff) {
  JsonWriter json;
  json.BeginObject();
  WriteIdentity(json, "before", diff.before);
  WriteIdentity(json, "after", diff.after);
  json.Key("errors").Number(static_cast<std::int64_t>(CountOf(diff.changes, ChangeSeverity::kError)));
  json.Key("narrowed").Number(static_cast<std::int64_t>(CountOf(diff.changes, ChangeSeverity::kNarrowed)));
  json.Key("notes").Number(static_cast<std::int64_t>(CountOf(diff.changes, ChangeSeverity::kNote)));
  json.Key("changes").BeginArray();
  for (const Change& change : diff.changes) WriteChange(json, change, false);
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace usher
