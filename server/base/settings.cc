#include "server/base/settings.h"

#include <algorithm>
#include <utility>

#include <absl/status/statusor.h>

#include "catalog/absl_bridge.h"
#include "server/base/near_miss.h"
#include "server/base/secret_file.h"
#include "server/base/version.h"

namespace usher {
namespace {

constexpr SettingSpec kConfigFile = {"config", "FILE", "",
                                     "Settings, one a line: name = value. What follows a # says nothing"};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kHelpWidth = 100;
constexpr std::size_t kHelpIndent = 6;

const SettingSpec* Find(std::span<const SettingSpec> specs, std::string_view name) {
  const auto found = std::ranges::find(specs, name, &SettingSpec::name);
  return found == specs.end() ? nullptr : &*found;
}

std::string DidYouMean(std::span<const SettingSpec> specs, std::string_view name, std::string_view before) {
  std::vector<std::string> names;
  for (const SettingSpec& spec : specs) names.emplace_back(spec.name);
  const std::optional<std::string> near = NearMiss(name, names);
  return near ? "; did you mean " + std::string(before) + *near + "?" : "";
}

struct Reading {
  std::span<const SettingSpec> specs;
  Settings settings = {};
  Problems& problems;

  void Put(std::string_view name, std::string text, std::string source) {
    settings[std::string(name)] = {.text = std::move(text), .source = std::move(source), .given = true};
  }
};

// The name within `--name=VALUE` or `--name`; empty for what is no flag.
std::string_view FlagName(std::string_view argument) {
  if (!argument.starts_with("--")) return {};
  return argument.substr(2, argument.find('=') - 2);
}

// One flag at `arguments[i]`; leaves `i` at the last argument that belongs to it.
void ReadFlag(const std::vector<std::string>& arguments, std::size_t& i, Reading& reading) {
  const std::string_view argument = arguments[i];
  const std::string_view name = FlagName(argument);
  const std::string flag = "--" + std::string(name);
  if (name.empty()) {
    reading.problems.push_back("argument " + std::to_string(i + 1) + ": expected a flag, such as --catalog");
    return;
  }
  const SettingSpec* spec = name == kConfigFile.name ? &kConfigFile : Find(reading.specs, name);
  if (spec == nullptr) {
    reading.problems.push_back(flag + ": there is no such flag" + DidYouMean(reading.specs, name, "--"));
    return;
  }
  const std::size_t equals = argument.find('=');
  std::string text = "true";
  if (equals != std::string_view::npos) {
    text = argument.substr(equals + 1);
  } else if (!spec->value.empty()) {
    if (i + 1 == arguments.size() || arguments[i + 1].starts_with("--")) {
      reading.problems.push_back(flag + ": expected " + std::string(spec->value) + " after it");
      return;
    }
    text = arguments[++i];
  }
  if (reading.settings.contains(name)) {
    reading.problems.push_back(flag + ": given twice");
    return;
  }
  reading.Put(name, std::move(text), flag);
}

void ReadVariables(const Environment& environment, Reading& reading) {
  const auto read = [&](const SettingSpec& spec) {
    const std::string variable = VariableOf(spec.name);
    const auto found = environment.find(variable);
    if (found == environment.end() || found->second.empty() || reading.settings.contains(spec.name)) return;
    reading.Put(spec.name, found->second, variable);
  };
  read(kConfigFile);
  for (const SettingSpec& spec : reading.specs) read(spec);
}

// Without what a # begins that stands at the beginning or after a blank: others may belong to a value.
std::string_view WithoutComment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

// One line of the file; `lines` holds where each name stood before.
void ReadLine(std::string_view line, const std::string& place, std::map<std::string, std::string, std::less<>>& places,
              Reading& reading) {
  line = Trimmed(WithoutComment(line));
  if (line.empty()) return;
  const std::size_t equals = line.find('=');
  const std::string name(Trimmed(line.substr(0, equals)));
  if (equals == std::string_view::npos || name.empty()) {
    reading.problems.push_back(place + ": expected name = value");
    return;
  }
  const std::string_view text = Trimmed(line.substr(equals + 1));
  if (Find(reading.specs, name) == nullptr) {
    reading.problems.push_back(place + ": " + name + ": there is no such setting" +
                               DidYouMean(reading.specs, name, ""));
    return;
  }
  const auto [before, is_new] = places.emplace(name, place);
  if (!is_new) {
    reading.problems.push_back(place + ": " + name + ": given before, in " + before->second);
  } else if (text.empty()) {
    reading.problems.push_back(place + ": " + name + ": expected a value");
  } else if (!reading.settings.contains(name)) {
    reading.Put(name, std::string(text), place + ": " + name);
  }
}

void ReadFile(const SettingValue& file, Reading& reading) {
  const absl::StatusOr<std::string> text = ReadSecretFile(file.text);
  if (!text.ok()) {
    reading.problems.push_back(file.source + ": " + StatusMessage(text.status()));
    return;
  }
  if (text->empty()) {
    reading.problems.push_back(file.source + ": " + file.text +
                               " is empty: expected settings, one a line: name = value");
    return;
  }
  std::map<std::string, std::string, std::less<>> places;
  std::string_view rest = *text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    ReadLine(rest.substr(0, end), file.text + ":" + std::to_string(number), places, reading);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void AppendWrapped(std::string_view text, std::string& help) {
  const std::string indent(kHelpIndent, ' ');
  std::size_t column = kHelpWidth;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (column + 1 + end > kHelpWidth) {
      help += (help.ends_with('\n') ? "" : "\n") + indent;
      column = kHelpIndent;
    } else {
      help += ' ';
      ++column;
    }
    help += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  help += '\n';
}

void AppendHelp(const SettingSpec& spec, std::string& help) {
  help += "  --" + std::string(spec.name);
  if (!spec.value.empty()) help += " " + std::string(spec.value);
  help += "  (" + VariableOf(spec.name) + ")\n";
  std::string text = std::string(spec.help) + ".";
  if (!spec.fallback.empty()) text += " Default: " + std::string(spec.fallback) + ".";
  AppendWrapped(text, help);
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string VariableOf(std::string_view name) {
  std::string variable = "USHER_";
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return variable;
}

Settings ReadSettings(std::span<const SettingSpec> specs, const std::vector<std::string>& arguments,
                      const Environment& environment, Problems& problems) {
  Reading reading{.specs = specs, .problems = problems};
  for (std::size_t i = 0; i < arguments.size(); ++i) ReadFlag(arguments, i, reading);
  for (std::string& unknown : UnknownVariables(environment)) problems.push_back(std::move(unknown));
  ReadVariables(environment, reading);
  const auto file = reading.settings.find(kConfigFile.name);
  if (file != reading.settings.end()) ReadFile(SettingValue(file->second), reading);
  for (const SettingSpec& spec : specs) {
    reading.settings.try_emplace(
        std::string(spec.name),
        SettingValue{.text = std::string(spec.fallback), .source = "--" + std::string(spec.name), .given = false});
  }
  return std::move(reading.settings);
}

bool ReadSwitch(const SettingValue& value, Problems& problems) {
  if (!value.given || value.text == "false") return false;
  if (value.text != "true") {
    problems.push_back(value.source + ": expected true or false, found \"" + value.text + "\"");
    return false;
  }
  return true;
}

std::optional<std::string> AskedText(std::string_view program, std::string_view introduction,
                                     std::span<const SettingSpec> specs, const std::vector<std::string>& arguments) {
  const auto asks_for = [&](std::string_view flag) { return std::ranges::find(arguments, flag) != arguments.end(); };
  if (asks_for("--version")) return std::string(program) + " " + std::string(Version()) + "\n";
  if (!asks_for("--help") && !asks_for("-h")) return std::nullopt;
  std::string help(introduction);
  for (const SettingSpec& spec : specs) AppendHelp(spec, help);
  AppendHelp(kConfigFile, help);
  help += "  --version\n      Print the version and do nothing else.\n";
  help += "  -h, --help\n      Print this and do nothing else.\n";
  return help;
}

std::string CannotStart(std::string_view program, const Problems& problems) {
  std::string text = std::string(program) + " cannot start:\n";
  for (const std::string& problem : problems) text += "  " + problem + "\n";
  return text + "See " + std::string(program) + " --help.\n";
}

}  // namespace usher
