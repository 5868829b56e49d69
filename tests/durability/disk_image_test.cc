// What a power cut can leave of a file.
#include "tests/support/disk/disk_image.h"

#include <set>

#include <gmock/gmock.h>

namespace usher {
namespace {

// Every file that cuts left behind.
std::set<std::string> Survivors(const FileImage& file) {
  std::mt19937 random(1);
  std::set<std::string> survivors;
  for (int cut = 0; cut < 400; ++cut) survivors.insert(file.Survivor(random));
  return survivors;
}

std::string Sector(char c) { return std::string(512, c); }

TEST(FileImage, WhatWasSyncedSurvives) {
  FileImage file("old");
  file.Write(0, "new");
  file.Write(3, " and longer");
  file.Sync();
  EXPECT_THAT(Survivors(file), testing::ElementsAre("new and longer"));
}

TEST(FileImage, AnySubsetOfUnsyncedPiecesSurvives) {
  FileImage file(Sector('.') + Sector('.'));
  file.Write(0, Sector('a') + Sector('b'));
  EXPECT_THAT(Survivors(file), testing::UnorderedElementsAre(Sector('.') + Sector('.'), Sector('a') + Sector('.'),
                                                             Sector('.') + Sector('b'), Sector('a') + Sector('b')));
}

TEST(FileImage, AnOlderWriteMayReachTheDiskLast) {
  FileImage file(".");
  file.Write(0, "1");
  file.Write(0, "2");
  EXPECT_THAT(Survivors(file), testing::UnorderedElementsAre(".", "1", "2"));
}

TEST(FileImage, BytesOutsideAWriteStay) {
  FileImage file("abc");
  file.Write(1, "X");
  EXPECT_THAT(Survivors(file), testing::UnorderedElementsAre("abc", "aXc"));
}

TEST(FileImage, ATruncationMayBeForgotten) {
  FileImage file("abc");
  file.Truncate(1);
  EXPECT_EQ(file.size(), 1u);
  EXPECT_THAT(Survivors(file), testing::UnorderedElementsAre("abc", "a"));
}

}  // namespace
}  // namespace usher
