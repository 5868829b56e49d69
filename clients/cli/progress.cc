#include "clients/cli/progress.h"

#include <algorithm>
#include <utility>

#include "clients/cli/words.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRedrawn{100};
constexpr milliseconds kPrinted = seconds(10);
constexpr std::int64_t kBarColumns = 30;

// `42 s`, `3 min 5 s`, `2 h 1 min`.
std::string DurationText(std::int64_t whole_seconds) {
  if (whole_seconds < 60) return std::to_string(whole_seconds) + " s";
  const std::int64_t minutes = whole_seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min " + std::to_string(whole_seconds % 60) + " s";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

}  // namespace

Progress::Progress(std::ostream& out, bool terminal, std::string what, std::int64_t total, Time start)
    : out_(out),
      terminal_(terminal),
      what_(std::move(what)),
      total_(total),
      start_(start),
      next_(start + (terminal ? kRedrawn : kPrinted)) {}

void Progress::Show(std::int64_t done, Time now) {
  if (now < next_) return;
  next_ = now + (terminal_ ? kRedrawn : kPrinted);
  const std::int64_t spent_ms =
      std::max<std::int64_t>(1, std::chrono::duration_cast<milliseconds>(now - start_).count());
  const std::int64_t rate = done * 1000 / spent_ms;
  const std::string left = rate > 0 ? ", " + DurationText((total_ - done) / rate) + " left" : "";
  const std::string text = Grouped(done) + " of " + Grouped(total_) + " " + what_ + ", " +
                           std::to_string(done * 100 / total_) + " %, " + Grouped(rate) + "/s" + left;
  if (!terminal_) {
    out_ << text << "\n" << std::flush;
    return;
  }
  const auto filled = static_cast<std::size_t>(done * kBarColumns / total_);
  const std::string bar = std::string(filled, '#') + std::string(kBarColumns - filled, '.');
  // To the first column, and rub out what is longer than the new text.
  out_ << "\r[" << bar << "] " << text << "\x1b[K" << std::flush;
}

void Progress::Clear() {
  if (terminal_) out_ << "\r\x1b[K" << std::flush;
}

}  // namespace usher
