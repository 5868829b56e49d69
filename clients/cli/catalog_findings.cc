#include "clients/cli/catalog_findings.h"

#include <set>

#include "clients/cli/json_writer.h"
#include "clients/cli/xml_text.h"

namespace usher {
namespace {

std::string_view SeverityWord(Severity severity) { return severity == Severity::kError ? "error" : "warning"; }

std::string TitleOf(const Finding& finding) {
  return CodeName(finding.code) + " " + std::string(InfoOf(finding.code).title);
}

// GitHub ends a command at a line break and a property at a colon or comma.
std::string GithubEscaped(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (c == '\n') {
      escaped += "%0A";
    } else if (property && c == ':') {
      escaped += "%3A";
    } else if (property && c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void WriteRule(JsonWriter& json, Code code) {
  const CodeInfo& info = InfoOf(code);
  json.BeginObject();
  json.Key("id").String(CodeName(code));
  json.Key("shortDescription").BeginObject().Key("text").String(info.title).EndObject();
  json.Key("fullDescription").BeginObject().Key("text").String(info.meaning).EndObject();
  json.Key("help").BeginObject().Key("text").String(info.mend).EndObject();
  json.Key("defaultConfiguration").BeginObject().Key("level").String(SeverityWord(info.severity)).EndObject();
  json.EndObject();
}

void WriteResult(JsonWriter& json, const Finding& finding) {
  json.BeginObject();
  json.Key("ruleId").String(CodeName(finding.code));
  json.Key("level").String(SeverityWord(finding.severity));
  json.Key("message").BeginObject().Key("text").String(finding.message).EndObject();
  json.Key("locations").BeginArray().BeginObject().Key("physicalLocation").BeginObject();
  json.Key("artifactLocation").BeginObject().Key("uri").String(finding.file).EndObject();
  json.Key("region").BeginObject();
  json.Key("startLine").Number(finding.line);
  json.Key("startColumn").Number(finding.column);
  json.EndObject().EndObject().EndObject().EndArray().EndObject();
}

}  // namespace

std::string FindingsAsText(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += FormatFinding(finding) + "\n";
  return text;
}

std::string FindingsAsJson(const std::vector<Finding>& findings) {
  JsonWriter json;
  json.BeginArray();
  for (const Finding& finding : findings) {
    json.BeginObject();
    json.Key("code").String(CodeName(finding.code));
    json.Key("severity").String(SeverityWord(finding.severity));
    json.Key("file").String(finding.file);
    json.Key("line").Number(finding.line);
    json.Key("column").Number(finding.column);
    json.Key("message").String(finding.message);
    json.EndObject();
  }
  json.EndArray();
  return json.Take();
}

std::string FindingsAsGithub(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += "::" + std::string(SeverityWord(finding.severity)) + " file=" + GithubEscaped(finding.file, true) +
            ",line=" + std::to_string(finding.line) + ",col=" + std::to_string(finding.column) +
            ",title=" + GithubEscaped(TitleOf(finding), true) + "::" + GithubEscaped(finding.message, false) + "\n";
  }
  return text;
}

std::string FindingsAsJunit(const std::vector<Finding>& findings) {
  std::size_t failures = 0;
  std::string cases;
  for (const Finding& finding : findings) {
    const std::string place = finding.file + ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
    cases += "    <testcase classname=\"" + XmlEscaped(finding.file) + "\" name=\"" +
             XmlEscaped(TitleOf(finding) + " at " + place) + "\">";
    if (finding.severity == Severity::kError) {
      ++failures;
      cases += "<failure message=\"" + XmlEscaped(finding.message) + "\">" + XmlEscaped(FormatFinding(finding)) +
               "</failure>";
    } else {
      cases += "<system-out>" + XmlEscaped(FormatFinding(finding)) + "</system-out>";
    }
    cases += "</testcase>\n";
  }
  if (findings.empty()) cases = "    <testcase classname=\"catalog\" name=\"validate\"/>\n";
  const std::string counts = "tests=\"" + std::to_string(findings.empty() ? 1 : findings.size()) + "\" failures=\"" +
                             std::to_string(failures) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
         ">\n  <testsuite name=\"usher catalog validate\" " + counts + ">\n" + cases +
         "  </testsuite>\n</testsuites>\n";
}

std::string FindingsAsSarif(const std::vector<Finding>& findings) {
  std::set<Code> broken;
  for (const Finding& finding : findings) broken.insert(finding.code);
  JsonWriter json;
  json.BeginObject();
  json.Key("$schema").String("https://json.schemastore.org/sarif-2.1.0.json");
  json.Key("version").String("2.1.0");
  json.Key("runs").BeginArray().BeginObject();
  json.Key("tool").BeginObject().Key("driver").BeginObject();
  json.Key("name").String("usher catalog validate");
  json.Key("rules").BeginArray();
  for (const Code code : broken) WriteRule(json, code);
  json.EndArray().EndObject().EndObject();
  json.Key("results").BeginArray();
  for (const Finding& finding : findings) WriteResult(json, finding);
  json.EndArray().EndObject().EndArray().EndObject();
  return json.Take();
}

}  // namespace usher
