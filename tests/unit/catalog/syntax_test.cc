// A mistake in the YAML itself is shown where somebody made it, in words that say what to do.
#include <gtest/gtest.h>

#include "tests/unit/catalog/corpus.h"

namespace usher {
namespace {

struct SyntaxCase {
  const char* name;
  const char* body;  // from line 3
  const char* place;
  const char* says;
};

const SyntaxCase kCases[] = {
    {"UnclosedQuoteInAMapOnOneLine",
     "plans:\n  a@1: { title: \"Growth, offered: no }\n  b@1: { offered: no }\n  c@1: { title: \"Free\", offered: no "
     "}\n",
     "4:17", "The quote \" that opens here is not closed on its line"},
    {"UnclosedQuoteInABlock",
     "plans:\n  a@1:\n    title: \"Growth\n    offered: no\n  b@1:\n    title: \"Free\"\n    offered: no\n", "5:12",
     "The quote \" that opens here"},
    {"UnclosedQuoteThatNothingCloses", "plans:\n  a@1:\n    title: 'Growth\n    offered: no\n", "5:12",
     "The quote ' that opens here"},
    {"QuoteInsideQuotes", "plans:\n  a@1:\n    title: 'Tom's'\n    offered: no\n", "5:17",
     "Something follows the quote that closed the text"},
    {"AGoodQuoteOverTwoLinesIsNotBlamed", "label: \"two\n  lines\"\nplans: a: b\n", "5:9", "A second colon"},
    {"UnclosedBrace", "plans:\n  a@1: { title: A, offered: no\n  b@1: { title: B }\n", "4:8",
     "The brace { that opens here is not closed"},
    {"UnclosedBracket", "features:\n  a: { type: level, levels: [a, b }\n  b: { type: boolean }\n", "4:29",
     "The bracket [ that opens here is not closed"},
    {"QuotesAndCommentsAreNoBrackets", "label: it's [ # {\nplans:\n  a@1: { title: '[' \n  b@1: {}\n", "5:8",
     "The brace { that opens here is not closed"},
    {"BlockScalarsHoldNoBrackets", "label: |\n  [ \"\nplans: a: b\n", "5:9", "A second colon"},
    {"ABraceTooMany", "plans:\n  a@1: { title: A }}\n", "4:20", "This } closes nothing"},
    {"NoBlankAfterTheColon", "plans:\n  a@1:\n    entitlements:\n      projects:25\n      seats: 1\n", "6:15",
     "A blank must follow the colon: write \"projects: \""},
    {"NoBlankAfterTheColonBeforeAKey", "plans:\n  a@1:\n    title: A\n    offered:no\n    group: main\n", "6:12",
     "A blank must follow the colon"},
    {"DedentToNothing", "plans:\n  a@1:\n    title: A\n   offered: no\n", "6:4",
     "The indentation is wrong: this line begins with 3 blanks, and no line above that it could belong to does"},
    {"IndentedBelowAValue", "plans:\n  a@1:\n    title: A\n      offered: no\n", "6:7",
     "The indentation is wrong: this line begins with 6 blanks, and the line above it (line 5) with 4"},
    {"IndentedBelowAMapOnOneLine", "plans:\n  a@1: { title: A }\n    offered: no\n", "5:5",
     "The indentation is wrong: this line begins with 4 blanks"},
    {"ListItemsOutOfLine", "features:\n  a:\n    levels:\n      - a\n     - b\n", "7:6", "The indentation is wrong"},
    {"Tab", "plans:\n\ta@1: {}\n", "4:5", "The line begins with a tab"},
    {"WhatIsNotKnown", "label: \"\\q\"\n", "3:11", "This is not YAML (unknown escape character: q): often a blank"},
};

TEST(Syntax, AMistakeIsShownWhereItWasMadeAndSaysWhatToDo) {
  for (const SyntaxCase& row : kCases) {
    SCOPED_TRACE(row.name);
    const LoadResult result = LoadText(std::string("apiVersion: usher/v1\ncatalog: t\n") + row.body);
    ASSERT_EQ(result.findings.size(), 1u) << Listing(result);
    const std::string message = FormatFinding(result.findings[0]);
    EXPECT_EQ(message.rfind(std::string("plans.yaml:") + row.place + ": error USH0004: " + row.says, 0), 0u) << message;
  }
}

struct EncodingCase {
  const char* name;
  std::string text;
  const char* says;
};

TEST(Syntax, AFileOfAnotherEncodingIsNamedAsSuch) {
  const EncodingCase cases[] = {
      {"Utf16LittleEndian", std::string("a\0:\0", 4), "looks like UTF-16"},
      {"Utf16BigEndian", std::string("\0a\0:", 4), "looks like UTF-16"},
      {"OldLineEnds", "# words\rapiVersion: usher/v1\r", "line ends that are line feeds"},
  };
  for (const EncodingCase& row : cases) {
    SCOPED_TRACE(row.name);
    const LoadResult result = LoadText(row.text);
    ASSERT_EQ(result.findings.size(), 1u) << Listing(result);
    EXPECT_NE(result.findings[0].message.find(row.says), std::string::npos) << Listing(result);
  }
}

}  // namespace
}  // namespace usher
