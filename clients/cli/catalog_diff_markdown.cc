#include <functional>
#include <set>

#include "catalog/diff/meaning.h"
#include "clients/cli/catalog_diff_text.h"
#include "server/base/visible.h"

namespace usher {
namespace {

// Text that people chose, as it is: nothing in it is markup, ends a cell or a line, or is an entity.
std::string Escaped(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~&!";
  std::string escaped;
  for (const char c : Visible(text)) {
    if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// An id in the type of code. One that would end the code is escaped as other text is.
std::string AsCode(std::string_view id) {
  if (id.find_first_of("`|\\") != std::string_view::npos) return Escaped(id);
  return "`" + Visible(id) + "`";
}

// `Growth (code growth@2)`.
std::string Named(const std::string& title, const std::string& id) {
  return title.empty() ? AsCode(id) : Escaped(title) + " (" + AsCode(id) + ")";
}

std::string Value(const std::string& text) { return text.empty() ? "-" : Escaped(text); }

std::string PartOf(const Change& change) {
  if (!change.feature.empty()) return Named(change.feature_title, change.feature);
  return change.attribute.empty() ? "-" : AsCode(change.attribute);
}

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + cell + " |";
  return row + "\n";
}

std::string Head(const std::string& heading, const std::vector<std::string>& titles) {
  std::string rule = "|";
  for (std::size_t i = 0; i < titles.size(); ++i) rule += "---|";
  return "\n### " + heading + "\n\n" + Row(titles) + rule + "\n";
}

std::string_view SectionWord(ChangeSubject subject) {
  switch (subject) {
    case ChangeSubject::kPlan: return "Plan";
    case ChangeSubject::kAddOn: return "Add-on";
    case ChangeSubject::kPrice: return "Price";
    case ChangeSubject::kGroup: return "Group";
    case ChangeSubject::kFeature: return "Feature";
    case ChangeSubject::kMemberKind: return "Member kind";
    case ChangeSubject::kRole: return "Role";
    case ChangeSubject::kPermission: return "Permission";
    case ChangeSubject::kPaymentPolicy: return "Payment policy";
    case ChangeSubject::kCatalog: return "Catalog";
  }
  return "";
}

// The subject with what it is, for tables of several kinds of subjects.
std::string Subject(const Change& change) {
  const std::string word(SectionWord(change.subject));
  return change.id.empty() ? word : word + " " + Named(change.title, change.id);
}

class Comment {
 public:
  explicit Comment(const CatalogDiff& diff) : diff_(diff) {}

  std::string Text() {
    text_ = "## Catalog " + Escaped(diff_.after.name) + "\n\n" + DiffSummary(diff_) + "\n";
    Section("Errors", {"What", "Before", "After", "What it means", "Key"}, IsError, [](const Change& change) {
      return Row({Subject(change), Value(change.before), Value(change.after), Escaped(MeaningOf(change)),
                  AsCode(KeyOf(change))});
    });
    for (const ChangeSubject subject : {ChangeSubject::kPlan, ChangeSubject::kAddOn}) Grants(subject);
    Section("Prices", {"Price", "Before", "After", "What it means", "Key"}, Of(ChangeSubject::kPrice),
            [](const Change& change) {
              const std::string attribute = change.attribute.empty() ? "" : ", " + AsCode(change.attribute);
              return Row({AsCode(change.id) + attribute, Value(change.before), Value(change.after),
                          Escaped(MeaningOf(change)), AsCode(KeyOf(change))});
            });
    Moves();
    Section("Everything else", {"What", "Part", "Before", "After", "What it means", "Key"}, IsOther,
            [](const Change& change) {
              return Row({Subject(change), PartOf(change), Value(change.before), Value(change.after),
                          Escaped(MeaningOf(change)), AsCode(KeyOf(change))});
            });
    return text_;
  }

 private:
  using Choice = std::function<bool(const Change&)>;

  static bool IsError(const Change& change) { return SeverityOf(change) == ChangeSeverity::kError; }
  static Choice Of(ChangeSubject subject) {
    return [subject](const Change& change) { return change.subject == subject && !IsError(change); };
  }
  static bool IsOther(const Change& change) {
    return change.subject != ChangeSubject::kPlan && change.subject != ChangeSubject::kAddOn &&
           change.subject != ChangeSubject::kPrice;
  }

  void Section(const std::string& heading, const std::vector<std::string>& titles, const Choice& chosen,
               const std::function<std::string(const Change&)>& row) {
    std::string rows;
    for (const Change& change : diff_.changes) {
      if (chosen(change)) rows += row(change);
    }
    if (!rows.empty()) text_ += Head(heading, titles) + rows;
  }

  void Grants(ChangeSubject subject) {
    const bool plans = subject == ChangeSubject::kPlan;
    Section(plans ? "Plans" : "Add-ons",
            {plans ? "Plan" : "Add-on", "Feature", "Before", "After", "What it means", "Key"}, Of(subject),
            [](const Change& change) {
              return Row({Named(change.title, change.id), PartOf(change), Value(change.before), Value(change.after),
                          Escaped(MeaningOf(change)), AsCode(KeyOf(change))});
            });
  }

  // What those gain and lose whose price, or default plan, is another: once for each pair of plans.
  void Moves() {
    std::set<std::string> told;
    std::string rows;
    for (const Change& change : diff_.changes) {
      if (change.parts.empty() || !told.insert(change.parts.front().id).second) continue;
      for (const Change& part : change.parts) {
        rows += Row({Value(change.before), Value(change.after), PartOf(part), Value(part.before), Value(part.after),
                     Escaped(MeaningOf(part))});
      }
    }
    if (rows.empty()) return;
    text_ += Head("What another plan or add-on means for those who move to it",
                  {"From", "To", "Feature", "Before", "After", "What it means"}) +
             rows;
  }

  const CatalogDiff& diff_;
  std::string text_;
};

}  // namespace

std::string DiffAsMarkdown(const CatalogDiff& diff) {
  if (diff.changes.empty()) return DiffSummary(diff) + "\n";
  return Comment(diff).Text();
}

}  // namespace usher
