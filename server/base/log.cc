#include "server/base/log.h"

#include <chrono>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "catalog/time.h"

namespace usher {
namespace {

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::critical;
}

// The length of the valid UTF-8 sequence of more than one byte at the start of `text`, 0 when there is none.
std::size_t MultiByteLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

void AppendQuoted(std::string& line, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  line.push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    if (const std::size_t length = MultiByteLength(text); length > 0) {
      line.append(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (c >= 0x20 && c < 0x7f) {
      line.push_back(c);
    } else {
      const auto bits = static_cast<unsigned char>(c);
      line.append("\\u00");
      line.push_back(kDigits[bits >> 4]);
      line.push_back(kDigits[bits & 0xf]);
    }
    text.remove_prefix(1);
  }
  line.push_back('"');
}

void AppendMember(std::string& line, std::string_view name, std::string_view text) {
  AppendQuoted(line, name);
  line.push_back(':');
  AppendQuoted(line, text);
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
    AppendQuoted(line, field.name);
    line.push_back(':');
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      AppendQuoted(line, *text);
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
