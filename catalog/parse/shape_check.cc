#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "catalog/parse/names.h"
#include "catalog/parse/shape.h"
#include "catalog/time.h"

namespace usher {
namespace {

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// `a, b or c`.
std::string OneOf(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

bool IsQuotedNumberOrBoolean(const Node& node) {
  return node.IsText() && node.quoted && ClassOf(node.text) != ScalarClass::kText &&
         ClassOf(node.text) != ScalarClass::kNull;
}

// `1,000`, `1_000`: a number as people write it, and to YAML a text.
bool IsSeparatedNumber(const Node& node) {
  return node.IsText() && !node.text.empty() && node.text.front() >= '0' && node.text.front() <= '9' &&
         node.text.find_first_not_of("0123456789,_.' ") == std::string::npos;
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

class ShapeChecker {
 public:
  ShapeChecker(Findings& findings, std::string_view whole) : findings_(findings), whole_(whole) {}

  void Check(const Node& node, const Shape& shape) {
    if (node.refused) return;
    std::visit([&](const auto& is) { CheckIt(node, is); }, shape.is);
  }

 private:
  // Keeps the path of the value that is being looked at, for messages.
  class Step {
   public:
    Step(ShapeChecker& checker, std::string_view key) : checker_(checker) { checker_.path_.push_back(key); }
    ~Step() { checker_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    ShapeChecker& checker_;
  };

  std::string Path() const {
    if (path_.empty()) return "A " + std::string(whole_) + " file";
    std::string path;
    for (const std::string_view key : path_) {
      if (!path.empty()) path += '.';
      path += key.substr(0, 80);
    }
    return path;
  }

  void Add(Code code, const Node& node, std::string message) { findings_.Add(code, node.place, std::move(message)); }

  void Expect(Code code, const Node& node, std::string_view expected, std::string_view advice = "") {
    Add(code, node,
        Path() + " expects " + std::string(expected) + ", and here stands " + Describe(node) + "." +
            std::string(advice));
  }

  void CheckIt(const Node& node, const TextShape&) {
    if (!node.IsText()) {
      const bool number = node.kind == Node::Kind::kScalar && node.scalar != ScalarClass::kNull;
      Expect(Code::kWrongKind, node, "a text", number ? " Put quotes around it." : "");
    } else if (node.text.empty()) {
      Add(Code::kEmpty, node, Path() + " is an empty text: write some words, or remove the key.");
    } else if (HasControl(node.text)) {
      Add(Code::kBadText, node,
          Path() + " holds a control character or a line break, and is one line of words: remove it.");
    } else if (!IsOneLine(node.text)) {
      Add(Code::kBadText, node,
          Path() + " is one line of at most " + std::to_string(kLongestText) + " characters: shorten it.");
    }
  }

  void CheckIt(const Node& node, const NameShape& shape) {
    if (!node.IsText()) {
      Expect(Code::kWrongKind, node, "the name of " + shape.what);
    } else {
      CheckName(node.text, node.place, shape);
    }
  }

  void CheckName(std::string_view text, Place place, const NameShape& shape) {
    const std::string shown = Quoted(text.substr(0, 80));
    const bool value = shape.form == NameShape::Form::kValue;
    const bool name = shape.form == NameShape::Form::kName;
    if ((value && IsReservedValue(text)) || (name && IsReservedName(text))) {
      findings_.Add(Code::kReservedWord, place,
                    shown + " is a reserved word and cannot be the name of " + shape.what + ": choose another.");
      return;
    }
    switch (shape.form) {
      case NameShape::Form::kName:
        if (IsName(text)) return;
        findings_.Add(Code::kBadName, place,
                      shown + " cannot be the name of " + shape.what +
                          ": a name begins with a letter, goes on with letters, digits, _ . and -, and has at most 64 "
                          "characters.");
        return;
      case NameShape::Form::kVersioned:
        if (IsVersionedName(text)) return;
        findings_.Add(Code::kBadVersionedName, place,
                      shown + " does not name " + shape.what +
                          " and its version: write name@version with a version from 1, such as growth@2.");
        return;
      case NameShape::Form::kValue:
        if (IsValueName(text)) return;
        findings_.Add(
            Code::kBadName, place,
            shown + " cannot be the name of " + shape.what +
                ": it is made of letters (at least one), digits, _ . and -, begins with a letter or digit, and has at "
                "most 64 characters." +
                (text.find(' ') == std::string_view::npos ? "" : " Put commas between several."));
        return;
      case NameShape::Form::kOpaque:
        if (IsOpaque(text)) return;
        findings_.Add(
            Code::kBadName, place,
            shown + " cannot be " + shape.what + ": it has 1 to 255 printable ASCII characters and no spaces.");
        return;
    }
  }

  void CheckIt(const Node& node, const WordShape& shape) {
    const std::string expected = OneOf(shape.words);
    if (node.kind != Node::Kind::kScalar || node.scalar == ScalarClass::kNull) {
      Expect(Code::kWrongKind, node, expected);
      return;
    }
    if (node.IsText() && std::find(shape.words.begin(), shape.words.end(), node.text) != shape.words.end()) return;
    Expect(shape.code, node, expected, findings_.DidYouMean(node.text, shape.words));
  }

  void CheckIt(const Node& node, const BooleanShape& shape) {
    if (IsQuotedNumberOrBoolean(node)) {
      Expect(Code::kQuoted, node, shape.only_true ? "true" : "true or false", " Remove the quotes.");
      return;
    }
    const bool is_true = node.text == "true";
    const bool is_false = node.text == "false";
    const bool plain = node.kind == Node::Kind::kScalar && node.scalar == ScalarClass::kBoolean;
    if (plain && is_false && shape.only_true) {
      Expect(Code::kFormNotAllowed, node, "true", " An add-on adds and cannot take away.");
    } else if (!plain || (!is_true && !is_false)) {
      Expect(Code::kWrongKind, node, shape.only_true ? "true" : "true or false", BooleanAdvice(node));
    }
  }

  static std::string BooleanAdvice(const Node& node) {
    if (node.kind != Node::Kind::kScalar || node.quoted) return "";
    std::string lower = node.text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (lower == "yes" || lower == "on" || lower == "true" || lower == "y") return " Did you mean true?";
    if (lower == "no" || lower == "off" || lower == "false" || lower == "n") return " Did you mean false?";
    return "";
  }

  void CheckIt(const Node& node, const WholeShape& shape) {
    const std::string expected = "a whole number from " + std::to_string(shape.least);
    if (IsQuotedNumberOrBoolean(node)) {
      Expect(Code::kQuoted, node, expected, " Remove the quotes.");
      return;
    }
    const bool scalar = node.kind == Node::Kind::kScalar;
    if (scalar && node.scalar == ScalarClass::kOtherNumber) {
      Expect(Code::kNotWhole, node, expected, " Write it with the digits 0 to 9 only.");
    } else if (IsSeparatedNumber(node)) {
      Expect(Code::kNotWhole, node, expected + " without separators", " Write it with the digits 0 to 9 only.");
    } else if (!scalar || node.scalar != ScalarClass::kWhole) {
      Expect(Code::kWrongKind, node, expected);
    } else if (node.text[0] == '-') {
      Expect(Code::kNegative, node, expected,
             " No amount is negative: write unlimited for no limit, none to take a feature away, 0 for zero.");
    } else if (node.text[0] == '+' || (node.text.size() > 1 && node.text[0] == '0')) {
      Expect(Code::kNotWhole, node, expected, " Write it without a sign and without leading zeros.");
    } else {
      std::int64_t number = 0;
      const char* end = node.text.data() + node.text.size();
      const bool fits = std::from_chars(node.text.data(), end, number).ec == std::errc{};
      if (!fits || number < shape.least || number > shape.most) {
        Expect(Code::kOutOfRange, node, expected + " to " + std::to_string(shape.most));
      }
    }
  }

  void CheckIt(const Node& node, const DurationShape& shape) {
    const char* expected = "a duration such as 30m, 48h, 3d, 1mo or 1y";
    const bool scalar = node.kind == Node::Kind::kScalar && node.scalar != ScalarClass::kNull;
    if (!scalar) {
      Expect(Code::kWrongKind, node, expected);
    } else if (!node.IsText()) {
      Expect(Code::kBadDuration, node, expected, node.scalar == ScalarClass::kWhole ? " Add a unit." : "");
    } else if (const auto duration = ParseDuration(node.text); !duration.ok()) {
      Expect(Code::kBadDuration, node, expected,
             " It has one whole number and one unit (m, h, d, mo, y), at most 100y.");
    } else if (!shape.may_be_zero && *duration == CalendarDuration{}) {
      Expect(Code::kOutOfRange, node, "a duration longer than nothing");
    }
  }

  void CheckIt(const Node& node, const ObjectShape& shape) {
    if (!node.IsMap()) {
      Expect(Code::kWrongKind, node, "a map with keys such as " + shape.keys.front().key);
      return;
    }
    CheckDuplicates(node, Code::kDuplicateKey);
    for (const Node::Entry& entry : node.entries) {
      const auto known =
          std::find_if(shape.keys.begin(), shape.keys.end(), [&](const KeyShape& key) { return key.key == entry.key; });
      if (known == shape.keys.end()) {
        RefuseKey(entry, shape);
        continue;
      }
      const Step step(*this, entry.key);
      Check(entry.value, *known->shape);
    }
    for (const KeyShape& key : shape.keys) {
      if (key.required && Find(node, key.key) == nullptr) {
        Add(Code::kMissingKey, node, Path() + " needs the key " + Quoted(key.key) + ": " + key.meaning);
      }
    }
    CheckCompanion(node, shape.companion);
  }

  void RefuseKey(const Node::Entry& entry, const ObjectShape& shape) {
    const auto contains = [&](const std::vector<std::string>& keys) {
      return std::find(keys.begin(), keys.end(), entry.key) != keys.end();
    };
    const std::string shown = Quoted(entry.key.substr(0, 80));
    if (contains(shape.not_yet)) {
      findings_.Add(Code::kNotYet, entry.key_place,
                    shown + " is not yet known to this version of Usher: remove it, or what it says would be ignored.");
    } else if (contains(shape.elsewhere)) {
      findings_.Add(Code::kKeyDoesNotApply, entry.key_place,
                    shown + " does not apply to " + Path() + ", which is a " + Spaced(shape.name) + ": remove it.");
    } else {
      std::vector<std::string> keys;
      for (const KeyShape& key : shape.keys) keys.push_back(key.key);
      findings_.Add(Code::kUnknownKey, entry.key_place,
                    shown + " is not a key of " + (path_.empty() ? "a " + std::string(whole_) + " file" : Path()) +
                        "; known are " + OneOf(keys) + "." +
                        (entry.key.find(':') != std::string::npos ? " A blank must follow a colon."
                                                                  : findings_.DidYouMean(entry.key, keys)));
    }
  }

  static std::string Spaced(std::string text) {
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
  }

  void CheckCompanion(const Node& node, const ObjectShape::Companion& rule) {
    if (rule.key.empty()) return;
    const Node* decides = Find(node, rule.key);
    const bool applies = decides != nullptr && decides->IsText() && decides->text == rule.word;
    const Node* companion = Find(node, rule.companion);
    const std::string condition = rule.key + ": " + rule.word;
    if (applies && companion == nullptr) {
      Add(Code::kMissingKey, *decides,
          Path() + " says " + condition + " and needs the key " + Quoted(rule.companion) + " as well.");
    } else if (!applies && companion != nullptr && (decides == nullptr || !decides->refused)) {
      Add(Code::kKeyDoesNotApply, *companion,
          Quoted(rule.companion) + " applies only with " + condition + ": remove it from " + Path() + ".");
    }
  }

  // Reports every key that an entry before it has.
  void CheckDuplicates(const Node& map, Code code) {
    std::unordered_map<std::string_view, Place> seen;
    for (const Node::Entry& entry : map.entries) {
      const auto [first, inserted] = seen.try_emplace(entry.key, entry.key_place);
      if (inserted) continue;
      const std::string what = code == Code::kDuplicatePrice ? "The price " : "The key ";
      findings_.Add(code, entry.key_place,
                    what + Quoted(entry.key.substr(0, 80)) + " stands here and already at " +
                        findings_.Describe(first->second) + ": keep the one that is meant.");
    }
  }

  void CheckIt(const Node& node, const MapShape& shape) {
    if (!node.IsMap()) {
      Expect(Code::kWrongKind, node, "a map from the name of " + shape.key.what + " to what it is",
             node.scalar == ScalarClass::kNull && !node.IsList() ? " Write {} when there is none." : "");
      return;
    }
    if (node.entries.size() > shape.most) {
      Add(Code::kTooMany, node,
          Path() + " has " + std::to_string(node.entries.size()) + " entries, and at most " +
              std::to_string(shape.most) + " are read.");
      return;
    }
    CheckDuplicates(node, shape.duplicate);
    for (const Node::Entry& entry : node.entries) {
      CheckName(entry.key, entry.key_place, shape.key);
      const Step step(*this, entry.key);
      Check(entry.value, *shape.value);
    }
  }

  void CheckIt(const Node& node, const ListShape& shape) {
    if (!node.IsList()) {
      const bool scalar = node.kind == Node::Kind::kScalar && node.scalar != ScalarClass::kNull;
      Expect(Code::kWrongKind, node, "a list", scalar ? " Write [" + node.text.substr(0, 80) + "]." : "");
      return;
    }
    if (node.items.size() < shape.least) {
      Add(Code::kEmpty, node, Path() + " is an empty list: fill it, or remove its key.");
    } else if (node.items.size() > shape.most) {
      Add(Code::kTooMany, node,
          Path() + " has " + std::to_string(node.items.size()) + " items, and at most " + std::to_string(shape.most) +
              " are read.");
      return;
    }
    std::unordered_map<std::string_view, Place> seen;
    for (const Node& item : node.items) {
      Check(item, *shape.item);
      if (item.refused || item.kind != Node::Kind::kScalar) continue;
      const auto [first, inserted] = seen.try_emplace(item.text, item.place);
      if (inserted) continue;
      Add(Code::kRepeatedItem, item,
          Path() + " names " + Quoted(item.text.substr(0, 80)) + " here and already at " +
              findings_.Describe(first->second) + ": remove one of the two.");
    }
  }

  void CheckIt(const Node& node, const VariantShape& shape) {
    std::vector<std::string> selectors;
    for (const auto& [selector, object] : shape.objects) selectors.push_back(selector);
    if (!node.IsMap()) {
      Expect(Code::kWrongKind, node, "a map with the key " + (shape.key.empty() ? OneOf(selectors) : shape.key));
      return;
    }
    if (!shape.key.empty()) {
      CheckByWord(node, shape, selectors);
    } else {
      CheckByPresence(node, shape, selectors);
    }
  }

  void CheckByWord(const Node& node, const VariantShape& shape, const std::vector<std::string>& selectors) {
    const Node* word = Find(node, shape.key);
    if (word == nullptr) {
      Add(Code::kMissingKey, node, Path() + " needs the key " + Quoted(shape.key) + ": " + OneOf(selectors) + ".");
      CheckDuplicates(node, Code::kDuplicateKey);
      return;
    }
    for (const auto& [selector, object] : shape.objects) {
      if (word->IsText() && word->text == selector) {
        Check(node, *object);
        return;
      }
    }
    CheckDuplicates(node, Code::kDuplicateKey);
    const Step step(*this, shape.key);
    Check(*word, *MakeShape(WordShape{.words = selectors}));
  }

  void CheckByPresence(const Node& node, const VariantShape& shape, const std::vector<std::string>& selectors) {
    const Shape* chosen = nullptr;
    std::size_t present = 0;
    for (const auto& [selector, object] : shape.objects) {
      if (Find(node, selector) == nullptr) continue;
      ++present;
      if (chosen == nullptr) chosen = object.get();
    }
    if (present == 1) {
      Check(node, *chosen);
      return;
    }
    CheckDuplicates(node, Code::kDuplicateKey);
    std::vector<std::string> keys;
    for (const Node::Entry& entry : node.entries) keys.push_back(entry.key.substr(0, 80));
    Add(present == 0 ? shape.none_code : Code::kExactlyOne, node,
        Path() + " needs exactly one of the keys " + OneOf(selectors) + ", and has " +
            (keys.empty() ? "no key" : std::to_string(present) + " of them") + "." +
            (present == 0 && !keys.empty() ? findings_.DidYouMean(keys.front(), selectors) : ""));
  }

  void CheckIt(const Node& node, const AnyOfShape& shape) {
    const Shape* nearest = nullptr;
    for (const ShapeRef& candidate : shape.of) {
      if (!TakesKindOf(*candidate, node)) continue;
      nearest = candidate.get();
      if (IsClean(node, *candidate)) return;
    }
    if (IsQuotedNumberOrBoolean(node)) {
      Expect(Code::kQuoted, node, shape.expected, " Remove the quotes.");
    } else if (IsSeparatedNumber(node)) {
      Expect(Code::kNotWhole, node, "a whole number without separators", " Write it with the digits 0 to 9 only.");
    } else if (nearest == nullptr) {
      Expect(shape.code, node, shape.expected);
    } else {
      Check(node, *nearest);
    }
  }

  // Whether `node` has the shape, which is not one of the nested ones that report on their own.
  static bool IsClean(const Node& node, const Shape& shape) {
    if (!std::holds_alternative<WordShape>(shape.is) && !std::holds_alternative<NameShape>(shape.is)) return false;
    Findings scratch({""});
    Node copy;
    copy.kind = node.kind;
    copy.scalar = node.scalar;
    copy.quoted = node.quoted;
    copy.text = node.text;
    ShapeChecker(scratch, "").Check(copy, shape);
    return !scratch.HasErrors();
  }

  static bool TakesKindOf(const Shape& shape, const Node& node) {
    if (std::holds_alternative<ListShape>(shape.is)) return node.IsList();
    if (std::holds_alternative<ObjectShape>(shape.is) || std::holds_alternative<VariantShape>(shape.is))
      return node.IsMap();
    if (node.kind != Node::Kind::kScalar) return false;
    if (std::holds_alternative<BooleanShape>(shape.is)) return node.scalar == ScalarClass::kBoolean;
    if (std::holds_alternative<WholeShape>(shape.is)) {
      return node.scalar == ScalarClass::kWhole || node.scalar == ScalarClass::kOtherNumber;
    }
    return node.scalar == ScalarClass::kText;
  }

  Findings& findings_;
  const std::string_view whole_;
  std::vector<std::string_view> path_;
};

}  // namespace

void CheckShape(const Node& root, const Shape& shape, Findings& findings, std::string_view whole) {
  ShapeChecker(findings, whole).Check(root, shape);
}

}  // namespace usher
