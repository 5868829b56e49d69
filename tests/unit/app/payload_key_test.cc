#include "server/app/payload_key.h"

#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using testing::HasSubstr;

TEST(PayloadKeyTest, AMissingKeyIsMadeOnceForThisUserOnly) {
  const TemporaryFolder folder;
  const std::string path = folder.File("usher.db.key");
  const auto first = LoadPayloadKeys(path, /*make_missing=*/true);
  ASSERT_TRUE(first.ok()) << first.status();
  struct stat state{};
  ASSERT_EQ(stat(path.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600u);
  const auto second = LoadPayloadKeys(path, /*make_missing=*/true);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*second->Open(first->Seal("payload", "evt_1"), "evt_1"), "payload");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.File(""))) ++files;
  EXPECT_EQ(files, 1) << "a draft was left behind";
}

TEST(PayloadKeyTest, AKeyThatSomebodyNamedMustBeThere) {
  const TemporaryFolder folder;
  const absl::Status missing = LoadPayloadKeys(folder.File("key"), /*make_missing=*/false).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(StatusMessage(missing), testing::AllOf(HasSubstr(folder.File("key")), HasSubstr("openssl rand -hex 32")));
}

TEST(PayloadKeyTest, WhatIsNoKeyIsRefusedWithoutPrintingIt) {
  const TemporaryFolder folder;
  for (const std::string& text : {std::string("hush"), std::string(70'000, 'a'), std::string()}) {
    std::ofstream(folder.File("key")) << text;
    const absl::Status refused = LoadPayloadKeys(folder.File("key"), /*make_missing=*/true).status();
    EXPECT_FALSE(refused.ok()) << text.substr(0, 10);
    EXPECT_THAT(StatusMessage(refused), HasSubstr(folder.File("key")));
    EXPECT_THAT(StatusMessage(refused), testing::Not(HasSubstr("hush")));
  }
}

TEST(PayloadKeyTest, AFolderThatCannotBeWrittenIsTold) {
  const absl::Status refused = LoadPayloadKeys("/nonexistent/key", /*make_missing=*/true).status();
  EXPECT_THAT(StatusMessage(refused), testing::AllOf(HasSubstr("/nonexistent/key"), HasSubstr("--payload-key")));
}

}  // namespace
}  // namespace usher
