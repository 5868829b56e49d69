// What a program is told at start: flags, then the environment, then a file, then defaults.
//
// A setting has one name everywhere: the flag `--event-retention`, the variable USHER_EVENT_RETENTION and the line
// `event-retention = 90d` of the file are the same one.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/environment.h"

namespace usher {

struct SettingSpec {
  std::string_view name;      // `event-retention`
  std::string_view value;     // what it takes, for --help: FILE; empty: it is a switch, true or false
  std::string_view fallback;  // when nobody gives it; empty: nothing
  std::string_view help;      // one sentence or several, without line ends
};

struct SettingValue {
  std::string text;    // as it was given, or the fallback
  std::string source;  // for messages: `--grpc`, `USHER_GRPC` or `usher.conf:3: grpc`; `--grpc` when nobody gave it
  bool given = false;
};

// Problems are sentences that name the flag, variable, or file and line. No value of a setting that is not known is
// repeated: it may be a secret.
using Problems = std::vector<std::string>;

// Every setting of `specs` by its name.
using Settings = std::map<std::string, SettingValue, std::less<>>;

// Reads `arguments`, without the program's name: `--name VALUE`, `--name=VALUE`, and `--name` for a switch. `--config
// FILE`, or USHER_CONFIG, names the file: one `name = value` a line, where a # at the beginning or after a blank starts
// a comment. A variable that is set to nothing says nothing. Adds everything that is wrong with any of the three to
// `problems`: unknown names with what was probably meant, repetitions, missing values.
Settings ReadSettings(std::span<const SettingSpec> specs, const std::vector<std::string>& arguments,
                      const Environment& environment, Problems& problems);

// `true` or `false`; anything else is a problem, and false.
bool ReadSwitch(const SettingValue& value, Problems& problems);

// What --help or --version among `arguments` asks to print instead of anything else; nullopt without either. The help
// is `introduction`, then the flags of `specs` with their variables, defaults and help, 100 columns wide at most.
std::optional<std::string> AskedText(std::string_view program, std::string_view introduction,
                                     std::span<const SettingSpec> specs, const std::vector<std::string>& arguments);

// What `program` says of `problems` when it does not start because of them.
std::string CannotStart(std::string_view program, const Problems& problems);

// The variable of the setting `name`: `USHER_EVENT_RETENTION`.
std::string VariableOf(std::string_view name);

// Without the blanks at both ends.
std::string_view Trimmed(std::string_view text);

}  // namespace usher
