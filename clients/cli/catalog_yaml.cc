#include "clients/cli/catalog_yaml.h"

#include <algorithm>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "catalog/parse/names.h"
#include "catalog/parse/node.h"
#include "catalog/parse/utf8.h"

namespace usher {
namespace {

// Well-formed text without characters that a catalog refuses or that end a line.
std::string Printable(std::string_view text) {
  std::string clean(text.substr(0, FindBadUtf8(text)));
  for (std::size_t bad = 0; (bad = FindControlCharacter(clean)) < clean.size();) {
    std::size_t length = 1;
    while (bad + length < clean.size() && (static_cast<unsigned char>(clean[bad + length]) & 0xC0) == 0x80) ++length;
    clean.replace(bad, length, " ");
  }
  const auto is_break = [](char c) { return c == '\n' || c == '\r' || c == '\t'; };
  std::replace_if(clean.begin(), clean.end(), is_break, ' ');
  return clean;
}

// The first characters, at most `most` of them.
std::string_view Beginning(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && characters++ == most) return text.substr(0, at);
  }
  return text;
}

}  // namespace

std::string YamlWord(std::string_view text) {
  const bool plain = (IsName(text) || IsVersionedName(text)) && ClassOf(text) == ScalarClass::kText;
  return plain ? std::string(text) : YamlText(text);
}

std::string YamlText(std::string_view text) {
  const std::string clean = Printable(text);
  std::string quoted = "\"";
  for (const char c : Beginning(clean, kLongestText)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string YamlComment(std::string_view text) { return Printable(text); }

absl::StatusOr<std::string> Validated(std::string yaml) {
  const LoadResult result = LoadCatalog({{.name = "the catalog made of it", .text = yaml}});
  if (result.catalog != nullptr) return yaml;
  for (const Finding& finding : result.findings) {
    if (finding.severity == Severity::kError) return InvalidArgument(FormatFinding(finding));
  }
  return Internal("a catalog was refused without an error");
}

}  // namespace usher
