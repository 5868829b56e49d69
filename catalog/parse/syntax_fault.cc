#include "catalog/parse/syntax_fault.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace usher {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

struct Line {
  std::size_t start = 0;
  std::size_t indent = 0;
  std::string_view words;  // from the indentation to the end, without blanks there
};

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::size_t LineStart(std::string_view text, std::size_t at) {
  const std::size_t end = at == 0 ? kNowhere : text.rfind('\n', at - 1);
  return end == kNowhere ? 0 : end + 1;
}

Line LineAt(std::string_view text, std::size_t at) {
  const std::size_t start = LineStart(text, std::min(at, text.size()));
  std::string_view words = text.substr(start, text.find('\n', start) - start);
  const std::size_t indent = std::min(words.find_first_not_of(' '), words.size());
  words.remove_prefix(indent);
  words = words.substr(0, words.find_last_not_of(" \t\r") + 1);
  return {.start = start, .indent = indent, .words = words};
}

bool SaysSomething(const Line& line) { return !line.words.empty() && line.words.front() != '#'; }

std::string LineNumber(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  return std::to_string(std::count(before.begin(), before.end(), '\n') + 1);
}

// The byte after the closing quote of the scalar that opens at `at`; npos when it is not closed.
std::size_t AfterQuote(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || text.substr(i + 1, 1) != "'") return i + 1;
      ++i;
    }
  }
  return kNowhere;
}

std::string NotClosed(char opener) {
  const char* name = opener == '[' ? "bracket [" : opener == '{' ? "brace {" : opener == '"' ? "quote \"" : "quote '";
  const char* closer = opener == '[' ? "]" : opener == '{' ? "}" : opener == '"' ? "\"" : "'";
  return std::string("The ") + name + " that opens here is not closed" +
         (opener == '"' || opener == '\'' ? " on its line" : "") + ": add the " + closer + " that is missing.";
}

// Goes through quotes, brackets and braces as YAML means them, and remembers the first that went wrong. It takes a
// quote over several lines, or a bracket around a line that is indented no deeper than its own, for one that somebody
// forgot to close: both can be meant, so it is asked only about texts that are not YAML.
class Brackets {
 public:
  Brackets(std::string_view text, std::size_t stopped) : text_(text), stopped_(stopped) {}

  std::optional<SyntaxFault> Find() {
    std::size_t at = 0;
    while (at < text_.size() && !fault_) at = Step(at);
    if (!fault_ && !open_.empty()) fault_ = {.at = open_.back().at, .message = NotClosed(text_[open_.back().at])};
    return fault_;
  }

 private:
  struct Opener {
    std::size_t at = 0;
    std::size_t indent = 0;
  };

  std::size_t Step(std::size_t at) {
    const char c = text_[at];
    if (at == 0 || text_[at - 1] == '\n') {
      const Line line = LineAt(text_, at);
      starts_ = true;
      line_indent_ = line.indent;
      if (SaysSomething(line) && at <= stopped_) CheckDedent(line);
      if (block_ && (line.words.empty() || line.indent > *block_)) return AfterLine(at);
      if (!line.words.empty()) block_.reset();
    }
    if (IsBlank(c) || c == '\n') return at + 1;
    if (c == '#' && (at == 0 || IsBlank(text_[at - 1]) || text_[at - 1] == '\n')) {
      return AfterLine(at);
    }
    return starts_ ? Start(at) : Go(at);
  }

  std::size_t AfterLine(std::size_t at) const { return std::min(text_.find('\n', at), text_.size() - 1) + 1; }

  // A value may begin here.
  std::size_t Start(std::size_t at) {
    const char c = text_[at];
    if (c == '"' || c == '\'') return Quote(at);
    if (c == '[' || c == '{') {
      open_.push_back({.at = at, .indent = line_indent_});
      return at + 1;
    }
    if ((c == '-' || c == '?' || c == ':') && (at + 1 == text_.size() || IsSpace(text_[at + 1]))) return at + 1;
    if ((c == '|' || c == '>') && open_.empty()) block_ = line_indent_;
    if (!open_.empty() && (c == ']' || c == '}' || c == ',')) return Go(at);
    starts_ = false;
    return at + 1;
  }

  // A value has begun and may end here.
  std::size_t Go(std::size_t at) {
    const char c = text_[at];
    const bool last = at + 1 == text_.size();
    if (c == ':' && (last || IsSpace(text_[at + 1]) || quoted_)) {
      starts_ = true;
    } else if (!open_.empty() && c == ',') {
      starts_ = true;
    } else if (!open_.empty() && (c == ']' || c == '}')) {
      Close(at);
    }
    quoted_ = false;
    return at + 1;
  }

  std::size_t Quote(std::size_t at) {
    const std::size_t after = AfterQuote(text_, at);
    const std::size_t end = std::min(after, text_.size());
    const bool one_line = text_.substr(at, end - at).find('\n') == kNowhere;
    const bool around = at <= stopped_ && LineStart(text_, stopped_) <= end;
    if (after == kNowhere || (!one_line && around)) fault_ = {.at = at, .message = NotClosed(text_[at])};
    if (one_line && after != kNowhere) CheckAfterQuote(end);
    starts_ = false;
    quoted_ = true;
    return end;
  }

  void CheckAfterQuote(std::size_t at) {
    if (at >= text_.size() || LineStart(text_, at) != LineStart(text_, stopped_)) return;
    const std::size_t next = text_.find_first_not_of(" \t\r", at);
    if (next == kNowhere || std::string_view("\n:,]}#").find(text_[next]) != kNowhere) return;
    fault_ = {.at = next,
              .message =
                  "Something follows the quote that closed the text: put all of it into quotes, and write a "
                  "quote inside them as \\\" between double ones and as '' between single ones."};
  }

  void Close(std::size_t at) {
    const Opener opener = open_.back();
    open_.pop_back();
    starts_ = false;
    if ((text_[opener.at] == '[') == (text_[at] == ']')) return;
    fault_ = {.at = opener.at, .message = NotClosed(text_[opener.at])};
  }

  void CheckDedent(const Line& line) {
    if (open_.empty() || line.indent > open_.back().indent) return;
    if (line.words.front() == ']' || line.words.front() == '}') return;
    fault_ = {.at = open_.back().at, .message = NotClosed(text_[open_.back().at])};
  }

  static bool IsSpace(char c) { return IsBlank(c) || c == '\n'; }

  std::string_view text_;
  std::size_t stopped_;
  std::optional<SyntaxFault> fault_;
  std::vector<Opener> open_;
  std::optional<std::size_t> block_;  // inside a block scalar of a line with this indentation
  std::size_t line_indent_ = 0;
  bool starts_ = true;
  bool quoted_ = false;  // a quoted scalar has just ended
};

// The lines of the text that say something, up to the one with `at`.
std::vector<Line> LinesTo(std::string_view text, std::size_t at) {
  std::vector<Line> lines;
  const std::size_t last = LineStart(text, std::min(at, text.size()));
  for (std::size_t start = 0; start <= last && start < text.size();) {
    const Line line = LineAt(text, start);
    if (SaysSomething(line)) lines.push_back(line);
    const std::size_t end = text.find('\n', start);
    start = end == kNowhere ? text.size() : end + 1;
  }
  return lines;
}

// `projects:25`, the key of a line with nothing between the colon and the value.
std::optional<SyntaxFault> MissingBlank(const Line& line) {
  const std::size_t colon = line.words.find(':');
  if (colon == 0 || colon == kNowhere || colon + 1 == line.words.size()) return std::nullopt;
  if (IsBlank(line.words[colon + 1]) || line.words.find_first_of(" \t\"'[{,#") < colon) return std::nullopt;
  const std::string key(line.words.substr(0, std::min<std::size_t>(colon, 64)));
  return SyntaxFault{.at = line.start + line.indent + colon,
                     .message = "A blank must follow the colon: write \"" + key + ": \" before the value."};
}

std::string Blanks(std::size_t count) { return std::to_string(count) + (count == 1 ? " blank" : " blanks"); }

bool IsPair(const Line& line) {
  const std::size_t colon = line.words.find(": ");
  return colon != kNowhere && line.words.find_first_not_of(" \t", colon + 2) != kNowhere;
}

// The last line is indented like none of those that it could belong to.
std::optional<SyntaxFault> WrongIndent(std::string_view text, const std::vector<Line>& lines) {
  const Line& line = lines.back();
  if (lines.size() < 2) return std::nullopt;
  const Line& before = lines[lines.size() - 2];
  const SyntaxFault fault{.at = line.start + line.indent, .message = "The indentation is wrong: "};
  const std::string begins = "this line begins with " + Blanks(line.indent);
  const std::string above = " (line " + LineNumber(text, before.start) + ")";
  if (line.indent > before.indent && IsPair(before)) {
    return SyntaxFault{fault.at, fault.message + begins + ", and the line above it" + above + " with " +
                                     std::to_string(before.indent) +
                                     " has its value already: begin both with as many blanks."};
  }
  std::vector<std::size_t> open;
  for (const Line& each : lines) {
    while (!open.empty() && open.back() > each.indent) open.pop_back();
    if (&each == &lines.back()) break;
    if (open.empty() || open.back() < each.indent) open.push_back(each.indent);
  }
  if (line.indent >= before.indent || (!open.empty() && open.back() == line.indent)) return std::nullopt;
  return SyntaxFault{fault.at, fault.message + begins + ", and no line above that it could belong to does" +
                                   (open.empty() ? "" : ": the nearest begins with " + std::to_string(open.back())) +
                                   ". Begin lines that belong together with as many blanks."};
}

// A second `: ` on a line without quotes.
bool HasTwoColons(const Line& line) {
  const std::size_t first = line.words.find(": ");
  return first != kNowhere && line.words.find_first_of("\"'{[") == kNowhere &&
         line.words.find(": ", first + 1) != kNowhere;
}

}  // namespace

SyntaxFault ExplainSyntax(std::string_view text, std::size_t at, std::string_view parser_says) {
  if (const std::optional<SyntaxFault> fault = Brackets(text, at).Find()) return *fault;
  const std::vector<Line> lines = LinesTo(text, at);
  if (!lines.empty()) {
    const Line& line = lines.back();
    const std::size_t start = line.start + line.indent;
    if (text.substr(start, 1) == "\t") return {.at = at, .message = "The line begins with a tab: indent with spaces."};
    for (std::size_t back = 1; back <= std::min<std::size_t>(2, lines.size()); ++back) {
      if (const std::optional<SyntaxFault> fault = MissingBlank(lines[lines.size() - back])) return *fault;
    }
    if (HasTwoColons(line)) {
      return {.at = at,
              .message =
                  "A second colon with a blank after it stands on this line: put quotes around the value if it "
                  "belongs to that."};
    }
    if (const std::optional<SyntaxFault> fault = WrongIndent(text, lines)) return *fault;
    if (at < text.size() && (text[at] == '}' || text[at] == ']')) {
      return {.at = at, .message = std::string("This ") + text[at] + " closes nothing: remove it."};
    }
  }
  return {.at = at,
          .message = "This is not YAML (" + std::string(parser_says) +
                     "): often a blank is missing after a colon, a line is indented wrongly, or a quote or bracket "
                     "above is not closed."};
}

bool IsQuoteClosed(std::string_view text, std::size_t at) { return AfterQuote(text, at) != kNowhere; }

}  // namespace usher
