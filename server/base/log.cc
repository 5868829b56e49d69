#include "server/base/log.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

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

void AppendMember(std::string& line, std::string_view name, std::string_view text) {
  AppendJsonString(line, name);
  line.push_back(':');
  AppendJsonString(line, text);
}

std::string Now() { return FormatInstant(std::chrono::floor<Millis>(std::chrono::system_clock::now())); }

std::string DroppedLine(std::int64_t dropped) {
  return LogLine(Now(), LogLevel::kWarning, "lines of the log were dropped: they came faster than they were read",
                 {{"dropped", dropped}});
}

struct CrashSignal {
  int number;
  const char* line;
};

// Whole lines, for a handler can put none together. They have no time: it is that of the line before.
constexpr std::array<CrashSignal, 5> kCrashSignals = {{
    {SIGSEGV, "{\"level\":\"error\",\"message\":\"crashed\",\"signal\":\"SIGSEGV\"}\n"},
    {SIGBUS, "{\"level\":\"error\",\"message\":\"crashed\",\"signal\":\"SIGBUS\"}\n"},
    {SIGILL, "{\"level\":\"error\",\"message\":\"crashed\",\"signal\":\"SIGILL\"}\n"},
    {SIGFPE, "{\"level\":\"error\",\"message\":\"crashed\",\"signal\":\"SIGFPE\"}\n"},
    {SIGABRT, "{\"level\":\"error\",\"message\":\"crashed\",\"signal\":\"SIGABRT\"}\n"},
}};

std::atomic<const LineWriter*> log_of_crashes{nullptr};

// What each of them did before: its usual effect, or what a sanitizer does.
std::array<struct sigaction, kCrashSignals.size()> before_crashes;

// Only what POSIX lets a signal handler do.
void TellCrash(int signal) {
  const LineWriter* log = log_of_crashes.load();
  for (int i = 0; log != nullptr && log->busy() && i < 20; ++i) poll(nullptr, 0, 10);  // its thread still runs
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    if (kCrashSignals[i].number != signal) continue;
    struct pollfd target{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    const char* line = kCrashSignals[i].line;
    if (poll(&target, 1, 100) > 0 && write(STDERR_FILENO, line, std::strlen(line)) < 0) errno = 0;
    sigaction(signal, &before_crashes[i], nullptr);
  }
  raise(signal);
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

Log::Log() : writer_(STDERR_FILENO, DroppedLine) {}

Log::~Log() {
  if (log_of_crashes.load() == &writer_) log_of_crashes = nullptr;
}

void Log::ReportCrashes() {
  log_of_crashes = &writer_;
  struct sigaction action{};
  action.sa_handler = TellCrash;
  action.sa_flags = static_cast<int>(SA_NODEFER);
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    sigaction(kCrashSignals[i].number, &action, &before_crashes[i]);
  }
}

void Log::Info(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kInfo, message, fields);
}
void Log::Warning(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kWarning, message, fields);
}
void Log::Error(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kError, message, fields);
}

void Log::Flush() const { writer_.Flush(std::chrono::milliseconds(2000)); }

void Log::Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  writer_.Write(LogLine(Now(), level, message, fields));
}

}  // namespace usher
