#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "server/base/json_text.h"
#include "server/base/log.h"
#include "server/base/random.h"
#include "server/base/visible.h"
#include "server/base/work_pool.h"

namespace usher {
namespace {

std::string Json(std::string_view text) {
  std::string json;
  AppendJsonString(json, text);
  return json;
}

TEST(JsonTextTest, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(Json("plain"), R"("plain")");
  EXPECT_EQ(Json("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Json("two\nlines\t"), R"("two\u000alines\u0009")");
  EXPECT_EQ(Json("gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x8e\x9f"),
            "\"gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x8e\x9f\"");
}

TEST(JsonTextTest, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(Json("\xff"), R"("\u00ff")");
  EXPECT_EQ(Json("\xc3"), R"("\u00c3")");
  EXPECT_EQ(Json("\xc0\xaf"), R"("\u00c0\u00af")");                      // overlong
  EXPECT_EQ(Json("\xed\xa0\x80"), R"("\u00ed\u00a0\u0080")");            // surrogate
  EXPECT_EQ(Json("\xf4\x90\x80\x80"), R"("\u00f4\u0090\u0080\u0080")");  // beyond U+10FFFF
}

TEST(LogTest, ALineIsOneJsonObject) {
  EXPECT_EQ(
      LogLine("2026-01-01T00:00:00Z", LogLevel::kWarning, "two\nlines",
              {{"tenant", std::string_view("acme")}, {"count", std::int64_t{3}}, {"ok", true}}),
      R"({"time":"2026-01-01T00:00:00Z","level":"warning","message":"two\u000alines","tenant":"acme","count":3,"ok":true})");
}

TEST(RandomTest, IdsDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(RandomId());
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(ids.begin()->size(), 32u);
}

TEST(WorkPoolTest, RunsWhatIsQueuedBeforeItStops) {
  std::atomic<int> done = 0;
  WorkPool pool(2, 100);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(pool.TrySubmit([&done] { ++done; }));
  pool.Stop();
  EXPECT_EQ(done, 100);
  EXPECT_FALSE(pool.TrySubmit([] {}));
}

TEST(WorkPoolTest, RefusesWorkBeyondItsQueue) {
  std::mutex mutex;
  std::condition_variable changed;
  bool running = false;
  bool open = false;
  WorkPool pool(1, 1);
  ASSERT_TRUE(pool.TrySubmit([&] {
    std::unique_lock lock(mutex);
    running = true;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
  }));
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running; });
  }
  EXPECT_TRUE(pool.TrySubmit([] {}));
  EXPECT_FALSE(pool.TrySubmit([] {}));
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
}

struct VisibleCase {
  std::string_view text;
  std::string_view shown;
};

TEST(Visible, WhatSteersATerminalIsWrittenOut) {
  constexpr VisibleCase kCases[] = {
      {"plain \"text\" \\", "plain \"text\" \\"},
      {"\x1b[31mred", "\\u001b[31mred"},
      {"a\r\nb\tc", "a\\u000d\\u000ab\\u0009c"},
      {"\x7f", "\\u007f"},
      {"\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009f\xc2\xa0"},
      {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9", "\xe2\x80\xa7\\u2028\\u2029"},
      {"\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf", "\\u202a\\u202e\xe2\x80\xaf"},
      {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\xe2\x81\xa5\\u2066\\u2069\xe2\x81\xaa"},
      {"\x9b"
       "31m\xff",
       "\\u009b31m\\u00ff"},
      {"\xf0\x9f\x98\x80\xc3\xa9", "\xf0\x9f\x98\x80\xc3\xa9"},
  };
  for (const VisibleCase& row : kCases) {
    EXPECT_EQ(row.shown, Visible(row.text));
    EXPECT_EQ(row.shown == row.text, IsAllVisible(row.text)) << row.shown;
  }
  EXPECT_EQ("{\n  \\u001b\n}", VisibleLines("{\n  \x1b\n}"));
  EXPECT_EQ("\\u0000", Visible(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace usher
