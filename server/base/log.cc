#include "server/base/log.h"

#include <chrono>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "catalog/time.h"
#include "server/base/json_text.h"

namespace usher {
namespace {

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "unknown";
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::critical;
}

void AppendMember(std::string& line, std::string_view name, std::string_view text) {
  AppendJsonString(line, name);
  line.push_back(':');
  AppendJsonString(line, text);
}

}  // namespace

std::string LogLine(std::string_view time, LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields) {
  std::string line = "{";
  AppendMember(line, "time", time);
  line.push_back(',');
  AppendMember(line, "level", Name(level));
  line.push_back(',');
  AppendMember(line, "message", message);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendJsonString(line, field.name);
    line.push_back(':');
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      AppendJsonString(line, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line.append(std::to_string(*number));
    } else {
      line.append(std::get<bool>(field.value) ? "true" : "false");
    }
  }
  line.push_back('}');
  return line;
}

Log::Log() : logger_(std::make_shared<spdlog::logger>("usherd", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::trace);
}

Log::~Log() = default;

void Log::Info(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kInfo, message, fields);
}
void Log::Warning(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kWarning, message, fields);
}
void Log::Error(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kError, message, fields);
}

void Log::Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  const Instant now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  const std::string line = LogLine(FormatInstant(now), level, message, fields);
  logger_->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace usher
