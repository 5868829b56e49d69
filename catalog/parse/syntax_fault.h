// What is probably wrong with a text that is not YAML. A parser notices a mistake where it can go on no longer, which
// may be a hundred lines below a quote that was never closed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace usher {

struct SyntaxFault {
  std::size_t at = 0;   // offset of the byte that is best looked at
  std::string message;  // ends with a full stop
};

// `at` is the offset where the parser stopped, and `parser_says` its words, for faults that are none of the known
// ones. Linear in the size of `text`. The text has no carriage returns that end no line.
SyntaxFault ExplainSyntax(std::string_view text, std::size_t at, std::string_view parser_says);

// Whether the quoted scalar that opens at `at` is closed: yaml-cpp takes the end of the text for the end of the quote.
bool IsQuoteClosed(std::string_view text, std::size_t at);

}  // namespace usher
