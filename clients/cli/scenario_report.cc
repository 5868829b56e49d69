#include "clients/cli/scenario_report.h"

#include <algorithm>
#include <sstream>

#include "clients/cli/json_writer.h"
#include "clients/cli/xml_text.h"

namespace usher {
namespace {

std::string PlaceText(const Scenario& scenario, Place place) {
  return scenario.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string Indented(const std::string& text, std::string_view indent) {
  std::istringstream lines(text);
  std::string indented;
  for (std::string line; std::getline(lines, line);) indented.append(indent).append(line).append("\n");
  return indented;
}

void WriteFailure(JsonWriter& json, const StepFailure& failure) {
  json.BeginObject();
  json.Key("step").Number(static_cast<std::int64_t>(failure.step) + 1);
  json.Key("line").Number(failure.place.line);
  json.Key("at").String(FormatInstant(failure.at));
  json.Key("mismatches").BeginArray();
  for (const Mismatch& mismatch : failure.mismatches) {
    json.BeginObject();
    json.Key("what").String(mismatch.what);
    json.Key("line").Number(mismatch.place.line);
    json.Key("column").Number(mismatch.place.column);
    json.Key("expected").String(mismatch.expected);
    json.Key("found").String(mismatch.found);
    json.Key("why").Strings(mismatch.why);
    json.EndObject();
  }
  json.EndArray();
  json.Key("timeline").String(failure.timeline);
  json.EndObject();
}

std::size_t CountFailures(const std::vector<ScenarioOutcome>& outcomes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(outcomes, [](const ScenarioOutcome& outcome) { return outcome.failure.has_value(); }));
}

std::size_t CountFailures(const std::vector<WholeOutcome>& whole) {
  return static_cast<std::size_t>(
      std::ranges::count_if(whole, [](const WholeOutcome& outcome) { return !outcome.passes; }));
}

}  // namespace

std::string TitleOf(const Scenario& scenario) {
  return scenario.price.empty() ? scenario.name : scenario.name + " [" + scenario.price + "]";
}

std::string FailureText(const Scenario& scenario, const StepFailure& failure, std::string_view indent) {
  std::string text = PlaceText(scenario, failure.place) + ": step " + std::to_string(failure.step + 1) + " at " +
                     FormatInstant(failure.at) + "\n";
  for (const Mismatch& mismatch : failure.mismatches) {
    text += PlaceText(scenario, mismatch.place) + ": " + mismatch.what + "\n";
    text += "    expected  " + mismatch.expected + "\n";
    text += "    found     " + mismatch.found + "\n";
    for (std::size_t i = 0; i < mismatch.why.size(); ++i) {
      text += (i == 0 ? "    because   " : "              ") + mismatch.why[i] + "\n";
    }
  }
  if (!failure.timeline.empty()) text += "timeline\n" + Indented(failure.timeline, "  ");
  return Indented(text, indent);
}

std::string CoverageText(const Catalog& catalog, const Coverage& coverage) {
  const std::size_t hundredths = coverage.Hundredths();
  std::string text = "coverage: " + std::to_string(hundredths / 100) + "." + std::to_string(hundredths / 10 % 10) +
                     std::to_string(hundredths % 10) + " %, " + std::to_string(coverage.Touched()) + " of " +
                     std::to_string(coverage.Total()) + ": " + std::to_string(coverage.cells) +
                     " plan x feature cells, " + std::to_string(coverage.prices) + " prices\n";
  for (std::size_t i = 0; i < coverage.missing_cells.size(); ++i) {
    const Coverage::Cell& cell = coverage.missing_cells[i];
    const bool is_first = i == 0 || coverage.missing_cells[i - 1].plan != cell.plan;
    if (is_first) text += (i == 0 ? "" : "\n") + ("  " + catalog.plans[cell.plan].id.str() + ": not asked about");
    text += (is_first ? " " : ", ") + catalog.features[cell.feature].id.str();
  }
  if (!coverage.missing_cells.empty()) text += "\n";
  for (const std::string& price : coverage.missing_prices) text += "  price " + price + ": not used\n";
  return text;
}

std::string MutationText(std::size_t tried, const std::vector<const Mutation*>& unnoticed) {
  std::string text =
      "mutations: " + std::to_string(tried) + " changes tried, " +
      (unnoticed.empty() ? std::string("all noticed") : std::to_string(unnoticed.size()) + " not noticed") + "\n";
  for (const Mutation* mutation : unnoticed) text += "  " + mutation->where + ": " + mutation->change + "\n";
  return text;
}

std::string ScenariosAsText(const std::vector<ScenarioOutcome>& outcomes, const std::vector<WholeOutcome>& whole) {
  std::string text;
  for (const ScenarioOutcome& outcome : outcomes) {
    text += (outcome.failure ? "FAIL  " : "ok    ") + TitleOf(*outcome.scenario) + "\n";
    if (outcome.failure) text += FailureText(*outcome.scenario, *outcome.failure, "      ");
  }
  const std::size_t failed = CountFailures(outcomes);
  text += std::to_string(outcomes.size()) + (outcomes.size() == 1 ? " scenario: " : " scenarios: ") +
          (failed == 0 ? "all pass.\n" : std::to_string(failed) + " failed.\n");
  for (const WholeOutcome& outcome : whole) text += outcome.text;
  return text;
}

std::string ScenariosAsJson(const std::vector<ScenarioOutcome>& outcomes, const std::vector<WholeOutcome>& whole) {
  JsonWriter json;
  json.BeginObject();
  json.Key("passes").Bool(CountFailures(outcomes) + CountFailures(whole) == 0);
  json.Key("scenarios").BeginArray();
  for (const ScenarioOutcome& outcome : outcomes) {
    json.BeginObject();
    json.Key("name").String(outcome.scenario->name);
    if (!outcome.scenario->price.empty()) json.Key("price").String(outcome.scenario->price);
    json.Key("file").String(outcome.scenario->file);
    json.Key("line").Number(outcome.scenario->place.line);
    json.Key("passes").Bool(!outcome.failure);
    if (outcome.failure) {
      json.Key("failure");
      WriteFailure(json, *outcome.failure);
    }
    json.EndObject();
  }
  json.EndArray();
  json.Key("whole").BeginArray();
  for (const WholeOutcome& outcome : whole) {
    json.BeginObject();
    json.Key("name").String(outcome.name);
    json.Key("passes").Bool(outcome.passes);
    json.Key("text").String(outcome.text);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

std::string ScenariosAsJunit(const std::vector<ScenarioOutcome>& outcomes, const std::vector<WholeOutcome>& whole) {
  const std::string counts = "tests=\"" + std::to_string(outcomes.size() + whole.size()) + "\" failures=\"" +
                             std::to_string(CountFailures(outcomes) + CountFailures(whole)) + "\"";
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
                    ">\n  <testsuite name=\"usher catalog test\" " + counts + ">\n";
  for (const ScenarioOutcome& outcome : outcomes) {
    xml += "    <testcase classname=\"" + XmlEscaped(outcome.scenario->file) + "\" name=\"" +
           XmlEscaped(TitleOf(*outcome.scenario)) + "\"";
    if (!outcome.failure) {
      xml += "/>\n";
      continue;
    }
    const Mismatch& first = outcome.failure->mismatches.front();
    xml += "><failure message=\"" + XmlEscaped(first.what + ": expected " + first.expected + ", found " + first.found) +
           "\">" + XmlEscaped(FailureText(*outcome.scenario, *outcome.failure, "")) + "</failure></testcase>\n";
  }
  for (const WholeOutcome& outcome : whole) {
    const std::string text = XmlEscaped(outcome.text);
    xml += "    <testcase classname=\"catalog\" name=\"" + outcome.name + "\">" +
           (outcome.passes ? "<system-out>" + text + "</system-out>"
                           : "<failure message=\"" + outcome.name + "\">" + text + "</failure>") +
           "</testcase>\n";
  }
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace usher
