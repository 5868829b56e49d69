// Lines reach whoever reads them, and nobody waits for whoever does not.
#include "server/base/line_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::StartsWith;

std::string TellDropped(std::int64_t dropped) { return "dropped " + std::to_string(dropped); }

class LineWriterTest : public testing::Test {
 protected:
  LineWriterTest() { EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0); }
  ~LineWriterTest() override {
    CloseReader();
    close(ends_[1]);
  }

  void CloseReader() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }

  // All that has been written so far.
  std::string ReadAll() {
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string text(1 << 20, '\0');
    const ssize_t count = read(ends_[0], text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

  int ends_[2] = {-1, -1};
};

TEST_F(LineWriterTest, LinesComeInTheirOrder) {
  LineWriter writer(ends_[1], TellDropped);
  for (int i = 0; i < 100; ++i) writer.Write(std::to_string(i));
  ASSERT_TRUE(writer.Flush(milliseconds(10'000)));
  const std::string text = ReadAll();
  EXPECT_THAT(text, StartsWith("0\n1\n2\n"));
  EXPECT_THAT(text, EndsWith("\n98\n99\n"));
  EXPECT_EQ(writer.dropped(), 0);
  EXPECT_FALSE(writer.busy());
}

TEST_F(LineWriterTest, GoingWritesWhatWaits) {
  {
    LineWriter(ends_[1], TellDropped).Write("last words");
  }
  EXPECT_EQ(ReadAll(), "last words\n");
}

TEST_F(LineWriterTest, NobodyReadsAndNobodyWaits) {
  const auto began = std::chrono::steady_clock::now();
  {
    LineWriter writer(ends_[1], TellDropped, {.lines = 10, .flush = milliseconds(100)});
    const std::string line(20'000, 'x');
    for (int i = 0; i < 1000; ++i) writer.Write(line);  // a pipe holds 64 KiB
    EXPECT_FALSE(writer.Flush(milliseconds(50)));
    EXPECT_GT(writer.dropped(), 900);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10)) << "it went although nobody read";
}

TEST_F(LineWriterTest, TheNewestLinesAreKeptAndTheLossIsSaid) {
  LineWriter writer(ends_[1], TellDropped, {.lines = 3});
  const std::string filler(1 << 17, 'x');  // more than the pipe takes: the writer stands in the middle of it
  writer.Write(filler);
  ASSERT_TRUE(Eventually([&] { return !ReadAll().empty(); }));
  for (int i = 0; i < 10; ++i) writer.Write("line " + std::to_string(i));
  std::string text;
  ASSERT_TRUE(Eventually([&] { return (text += ReadAll()).ends_with("line 9\n"); }));
  EXPECT_THAT(text, EndsWith("x\ndropped 7\nline 7\nline 8\nline 9\n"));
  EXPECT_EQ(writer.dropped(), 7);
}

TEST_F(LineWriterTest, BytesAreBoundedToo) {
  LineWriter writer(ends_[1], TellDropped, {.bytes = 100, .flush = milliseconds(50)});
  writer.Write(std::string(1 << 20, 'x'));
  ASSERT_TRUE(Eventually([&] { return !ReadAll().empty(); }));
  for (int i = 0; i < 10; ++i) writer.Write(std::string(60, 'y'));
  EXPECT_EQ(writer.dropped(), 9);
}

TEST_F(LineWriterTest, AReaderThatWentStopsNobody) {
  LineWriter writer(ends_[1], TellDropped);
  std::signal(SIGPIPE, SIG_IGN);
  CloseReader();
  for (int i = 0; i < 100; ++i) writer.Write("to nobody");
  EXPECT_TRUE(writer.Flush(milliseconds(10'000)));
}

}  // namespace
}  // namespace usher
