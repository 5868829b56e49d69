// The log: one JSON object a line, for machines to read and people to grep.
//
// Nothing secret and nothing personal is logged: no webhook body, header, signature or e-mail address. Ids of tenants,
// events and objects are.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

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

// Writes to the standard error stream, each line at once. Any thread.
class Log {
 public:
  Log();
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Warning(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

 private:
  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const;

  const std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace usher
