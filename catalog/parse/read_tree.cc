#include "catalog/parse/read_tree.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "catalog/parse/syntax_fault.h"
#include "catalog/parse/utf8.h"
#include "catalog/source_file.h"

namespace usher {
namespace {

// Thrown through yaml-cpp to stop it; never leaves this file.
struct StopReading {};

// Turns yaml-cpp's byte offsets into places whose columns count characters.
class Places {
 public:
  Places(std::uint32_t file, std::string_view text) : file_(file), text_(text) {
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_starts_.push_back(i + 1);
    }
  }

  Place At(const YAML::Mark& mark) {
    const std::size_t line = std::min(static_cast<std::size_t>(std::max(mark.line, 0)), line_starts_.size() - 1);
    const std::size_t start = line_starts_[line];
    const std::size_t end = std::min(text_.size(), start + static_cast<std::size_t>(std::max(mark.column, 0)));
    // Marks come in the order of the text: counting on from the last one keeps a long line from being counted anew for
    // each of its values.
    if (line != counted_line_ || counted_to_ > end) {
      counted_line_ = line;
      counted_to_ = start;
      characters_ = 0;
    }
    characters_ += CountCharacters(text_.substr(counted_to_, end - counted_to_));
    counted_to_ = end;
    return {.file = file_,
            .line = static_cast<std::uint32_t>(line + 1),
            .column = static_cast<std::uint32_t>(characters_ + 1)};
  }

  // The offset of the mark, at most the size of the text.
  std::size_t OffsetOf(const YAML::Mark& mark) const {
    const std::size_t line = std::min(static_cast<std::size_t>(std::max(mark.line, 0)), line_starts_.size() - 1);
    return std::min(text_.size(), line_starts_[line] + static_cast<std::size_t>(std::max(mark.column, 0)));
  }

  // What stands at the mark; empty past the end.
  std::string_view TextAt(const YAML::Mark& mark) const { return text_.substr(OffsetOf(mark)); }

 private:
  std::uint32_t file_;
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  std::size_t counted_line_ = 0;
  std::size_t counted_to_ = 0;  // characters_ is the number of characters from the start of counted_line_ to here
  std::size_t characters_ = 0;
};

// Builds the tree from yaml-cpp's events. Aliases are refused where they stand and never followed, so the tree is never
// larger than the text.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Places& places, Findings& findings) : places_(places), findings_(findings) {}

  std::optional<Node> TakeRoot() { return std::exchange(root_, std::nullopt); }

  // Of the last scalar; a null mark before there is one.
  const YAML::Mark& last_scalar() const { return last_scalar_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    findings_.Add(Code::kSecondDocument, places_.At(mark),
                  "A file is one YAML document, and something follows it here: remove it, or put it into a file "
                  "of its own.");
    throw StopReading{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    CheckProperties(mark);
    Node node;
    // An empty value is marked where the next thing stands: its key is the better place.
    const std::string_view source = places_.TextAt(mark);
    const bool written = source.substr(0, 1) == "~" || source.substr(0, 4) == "null" || source.substr(0, 4) == "Null" ||
                         source.substr(0, 4) == "NULL";
    const bool after_key = !open_.empty() && open_.back().key.has_value();
    node.place = !written && after_key ? open_.back().key_place : places_.At(mark);
    Put(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    findings_.Add(Code::kAlias, places_.At(mark), "An alias is refused: write the value out where it is meant.");
    Node node;
    node.place = places_.At(mark);
    node.scalar = ScalarClass::kText;
    node.refused = true;
    Put(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    last_scalar_ = mark;
    const bool refused = CheckProperties(mark);
    Node node;
    node.place = places_.At(mark);
    node.text = value;
    // yaml-cpp marks quoted and block scalars with the tag "!".
    node.quoted = tag != "?";
    node.scalar = node.quoted ? ScalarClass::kText : ClassOf(value);
    node.refused = refused;
    Put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Open(mark, Node::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Open(mark, Node::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Level {
    Node node;
    std::optional<std::string> key;  // of a map: read, its value awaited
    Place key_place;
    bool drop_value = false;  // the key was refused
  };

  // Anchors and tags stand before the value they belong to. True when there was one.
  bool CheckProperties(const YAML::Mark& mark) {
    const std::string_view source = places_.TextAt(mark);
    if (source.substr(0, 1) == "&") {
      findings_.Add(Code::kAnchor, places_.At(mark),
                    "An anchor is refused: a catalog says everything where it is meant.");
      return true;
    }
    if (source.substr(0, 1) == "!") {
      findings_.Add(Code::kTag, places_.At(mark), "A tag is refused: the form of a value says what it is.");
      return true;
    }
    return false;
  }

  void Open(const YAML::Mark& mark, Node::Kind kind) {
    if (open_.size() >= static_cast<std::size_t>(kMostDepth)) {
      findings_.Add(Code::kTooDeep, places_.At(mark),
                    "This is nested deeper than " + std::to_string(kMostDepth) + " levels, which no catalog needs.");
      throw StopReading{};
    }
    Level level;
    level.node.refused = CheckProperties(mark);
    level.node.kind = kind;
    level.node.place = places_.At(mark);
    open_.push_back(std::move(level));
  }

  void Close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    Put(std::move(node));
  }

  // Puts a finished node where it belongs: the root, an item, a key or the value of the key before it.
  void Put(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = open_.back();
    if (level.node.IsList()) {
      level.node.items.push_back(std::move(node));
    } else if (!level.key.has_value()) {
      TakeKey(level, std::move(node));
    } else {
      if (!level.drop_value) {
        level.node.entries.push_back({std::move(*level.key), level.key_place, std::move(node)});
      }
      level.key.reset();
    }
  }

  void TakeKey(Level& level, Node node) {
    level.key_place = node.place;
    level.drop_value = true;
    level.key = node.text;
    if (node.kind != Node::Kind::kScalar || (node.scalar == ScalarClass::kNull && !node.refused)) {
      findings_.Add(Code::kKeyNotText, node.place, "A key is a word, and here stands " + usher::Describe(node) + ".");
      return;
    }
    if (node.refused) return;
    if (!node.quoted && node.text == "<<") {
      findings_.Add(Code::kMergeKey, node.place,
                    "A merge key is refused: use `includes` of plans, or write the keys out.");
      return;
    }
    level.drop_value = false;
  }

  Places& places_;
  Findings& findings_;
  std::vector<Level> open_;
  std::optional<Node> root_;
  YAML::Mark last_scalar_ = YAML::Mark::null_mark();
  int documents_ = 0;
};

// The place of byte `at`, for findings made before there are marks.
Place PlaceOfByte(std::uint32_t file, std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return {.file = file,
          .line = static_cast<std::uint32_t>(lines + 1),
          .column = static_cast<std::uint32_t>(CountCharacters(before.substr(line_start)) + 1)};
}

// A line that starts with % before anything but comments. False when there was one.
bool CheckDirectives(std::uint32_t file, std::string_view text, Findings& findings) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == 0 && line[0] == '%') {
      findings.Add(Code::kDirective, PlaceOfByte(file, text, at),
                   "A directive is refused: a catalog is YAML 1.2 without tags. Remove this line.");
      return false;
    }
    if (first != std::string_view::npos && line[first] != '#') return true;
    at = end + 1;
  }
  return true;
}

// The offset of the first carriage return that is not part of a line end; text.size() when there is none. YAML would
// end a line there and yaml-cpp does not.
std::size_t FindLoneReturn(std::string_view text) {
  for (std::size_t at = text.find('\r'); at < text.size(); at = text.find('\r', at + 1)) {
    if (text.substr(at + 1, 1) != "\n") return at;
  }
  return text.size();
}

// Everything that can be judged without parsing. False when there is no point in parsing.
bool CheckText(std::uint32_t file, std::string_view text, Findings& findings) {
  const Place start{.file = file};
  if (text.size() > kMostCatalogBytes) {
    findings.Add(Code::kTooLarge, start,
                 "The file has more than " + std::to_string(kMostCatalogBytes) +
                     " bytes: split the catalog into a folder of files.");
    return false;
  }
  if (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0')) {
    findings.Add(Code::kNotUtf8, start,
                 "This is not UTF-8 and looks like UTF-16, where every other byte of a letter is 0: save the file as "
                 "UTF-8.");
    return false;
  }
  if (const std::size_t bad = FindBadUtf8(text); bad < text.size()) {
    findings.Add(Code::kNotUtf8, PlaceOfByte(file, text.substr(0, bad), bad),
                 "This is not UTF-8: save the file in that encoding.");
    return false;
  }
  if (const std::size_t bad = FindControlCharacter(text); bad < text.size()) {
    findings.Add(Code::kControlCharacter, PlaceOfByte(file, text, bad),
                 "An invisible control character stands here: remove it.");
    return false;
  }
  if (const std::size_t bad = FindLoneReturn(text); bad < text.size()) {
    findings.Add(Code::kControlCharacter, PlaceOfByte(file, text, bad),
                 "A carriage return stands here without a line feed: save the file with line ends that are line feeds "
                 "(LF), or both (CRLF).");
    return false;
  }
  return CheckDirectives(file, text, findings);
}

void AddSyntax(std::uint32_t file, std::string_view text, std::size_t at, std::string_view parser_says,
               Findings& findings) {
  SyntaxFault fault = ExplainSyntax(text, at, parser_says);
  findings.Add(Code::kSyntax, PlaceOfByte(file, text, fault.at), std::move(fault.message));
}

// False when the text could not be read to its end.
bool Parse(std::uint32_t file, std::string_view text, const Places& places, TreeBuilder& builder, Findings& findings) {
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    // Once more after the first: yaml-cpp stops at the end of a document and says nothing about the rest.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    if (builder.last_scalar().is_null()) return true;
    const std::size_t last = places.OffsetOf(builder.last_scalar());
    const bool quote = last < text.size() && (text[last] == '"' || text[last] == '\'');
    if (!quote || IsQuoteClosed(text, last)) return true;
    AddSyntax(file, text, last, "end of a quoted text not found", findings);
    builder.TakeRoot();  // what the quote swallowed is not in it
  } catch (const YAML::Exception& error) {
    AddSyntax(file, text, places.OffsetOf(error.mark), error.msg, findings);
  } catch (const StopReading&) {
    // The finding has been made where the reading was stopped.
  }
  return false;
}

bool IsNothing(const Node& node) {
  return node.kind == Node::Kind::kScalar && node.scalar == ScalarClass::kNull && !node.refused;
}

}  // namespace

std::optional<Node> ReadTree(std::uint32_t file, std::string_view text, Findings& findings, std::string_view starts) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  if (!CheckText(file, text, findings)) return std::nullopt;
  Places places(file, text);
  TreeBuilder builder(places, findings);
  const bool complete = Parse(file, text, places, builder, findings);
  std::optional<Node> root = builder.TakeRoot();
  if (root && !IsNothing(*root)) return root;
  if (complete) {
    findings.Add(Code::kEmptyFile, {.file = file}, "The file says nothing: " + std::string(starts));
  }
  return std::nullopt;
}

}  // namespace usher
