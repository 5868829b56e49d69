#include "server/workbench/dry_run.h"

#include <algorithm>
#include <utility>

#include "server/base/json_text.h"
#include "server/workbench/fact_line.h"

namespace usher {
namespace {

std::string Padded(std::string_view text, std::size_t width) {
  std::string padded(text);
  padded.resize(std::max(width, padded.size()), ' ');
  return padded;
}

void AppendMember(std::string& json, std::string_view name, std::string_view value) {
  json.append(json.ends_with('{') ? "" : ",");
  AppendJsonString(json, name);
  json.push_back(':');
  AppendJsonString(json, value);
}

}  // namespace

DryRun DryRunStripeEvent(std::string file, std::string_view body, bool livemode) {
  return {std::move(file), stripe::Parse(body, {.livemode = livemode, .account = ""})};
}

std::string DryRunTable(std::span<const DryRun> runs) {
  std::size_t file_width = 4;
  std::size_t type_width = 4;
  for (const DryRun& run : runs) {
    file_width = std::max(file_width, run.file.size());
    type_width = std::max(type_width, run.event.type.size());
  }
  std::string text = Padded("FILE", file_width) + "  " + Padded("TYPE", type_width) + "  VERDICT  REASON\n";
  for (const DryRun& run : runs) {
    std::string line = Padded(run.file, file_width) + "  " + Padded(run.event.type, type_width) + "  " +
                       Padded(stripe::VerdictName(run.event.verdict), 7) + "  " +
                       std::string(stripe::ParseReasonName(run.event.reason));
    line.erase(line.find_last_not_of(' ') + 1);
    text.append(line).append("\n");
    if (!run.event.message.empty()) text.append("  ").append(run.event.message).append("\n");
    for (const Fact& fact : run.event.facts) text.append("  ").append(FactLine(fact)).append("\n");
  }
  return text;
}

std::string DryRunJson(std::span<const DryRun> runs) {
  std::string text;
  for (const DryRun& run : runs) {
    std::string json = "{";
    AppendMember(json, "file", run.file);
    AppendMember(json, "event_id", run.event.id);
    AppendMember(json, "type", run.event.type);
    AppendMember(json, "verdict", stripe::VerdictName(run.event.verdict));
    AppendMember(json, "reason", stripe::ParseReasonName(run.event.reason));
    AppendMember(json, "path", run.event.path);
    AppendMember(json, "message", run.event.message);
    json.append(",\"facts\":[");
    for (const Fact& fact : run.event.facts) {
      if (!json.ends_with('[')) json.push_back(',');
      AppendJsonString(json, FactLine(fact));
    }
    text.append(json).append("]}\n");
  }
  return text;
}

}  // namespace usher
