// The log: one JSON object a line, for machines to read and people to grep.
//
// Nothing secret and nothing personal is logged: no webhook body, header, signature or e-mail address. Ids of tenants,
// events and objects are.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "server/base/line_writer.h"

namespace usher {

enum class LogLevel { kInfo, kWarning, kError };

// One member of the line. The views need to live as long as the call.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;
};

// The line that Log writes, without its line end: `time`, `level`, `message`, then `fields` in their order. Bytes that
// are no printable ASCII or valid UTF-8 are escaped, so a line is always one line of valid JSON.
std::string LogLine(std::string_view time, LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields);

// Writes to the standard error stream, from a thread of its own: whoever logs never waits for the reader. When lines
// come faster than they are read, the oldest are dropped, counted, and a line says how many. Any thread may call.
class Log {
 public:
  Log();
  // Writes what waits, as far as it is read within two seconds.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Warning(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

  // Before the process ends without destroying the log: waits until every line is written, two seconds at most.
  void Flush() const;

  // Lines that nobody read in time.
  std::int64_t dropped() const { return writer_.dropped(); }

  // A crash leaves a line that names the signal, after the lines that wait; then the signal has its usual effect. Ends
  // with this log, of which one at a time can do this.
  void ReportCrashes();

 private:
  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const;

  mutable LineWriter writer_;  // self-synchronised
};

}  // namespace usher
