#include "server/base/catalog_files.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

class CatalogFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("catalog_files_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  fs::path folder_;
};

TEST_F(CatalogFiles, AFileIsReadAsItIs) {
  const std::string path = Write("plans.yaml", std::string("a: \0b\r\n", 7));
  const auto files = ReadCatalogFiles({path});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 1u);
  EXPECT_EQ((*files)[0].name, path);
  EXPECT_EQ((*files)[0].text, std::string("a: \0b\r\n", 7));
}

TEST_F(CatalogFiles, AFolderStandsForItsCatalogFilesByName) {
  Write("b.yml", "b");
  Write("a.yaml", "a");
  Write("plans.test.yaml", "scenarios");
  Write("readme.md", "words");
  fs::create_directory(folder_ / "c.yaml");
  const auto files = ReadCatalogFiles({folder_.string()});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].text, "a");
  EXPECT_EQ((*files)[1].text, "b");
}

TEST_F(CatalogFiles, OfALargeFileJustEnoughIsRead) {
  const std::string path = Write("plans.yaml", std::string(3 * kMostCatalogBytes, 'x'));
  const auto files = ReadCatalogFiles({path});
  ASSERT_TRUE(files.ok());
  EXPECT_EQ((*files)[0].text.size(), kMostCatalogBytes + 1);
}

TEST_F(CatalogFiles, ReadingStopsWhenThereAreTooMany) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < kMostCatalogFiles + 50; ++i) paths.push_back(Write(std::to_string(i) + ".yaml", "x"));
  const auto files = ReadCatalogFiles(paths);
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(files->size(), kMostCatalogFiles + 1);
}

TEST_F(CatalogFiles, WhatIsNotThereIsNamed) {
  const auto files = ReadCatalogFiles({(folder_ / "missing.yaml").string()});
  EXPECT_EQ(files.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(StatusMessage(files.status()).find("missing.yaml"), std::string::npos);
}

TEST_F(CatalogFiles, AFolderWithoutCatalogFilesIsRefused) {
  Write("plans.test.yaml", "scenarios");
  const auto files = ReadCatalogFiles({folder_.string()});
  EXPECT_EQ(files.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CatalogFiles, AFolderWithoutCatalogFilesSaysWhatItHolds) {
  Write("plans.YAML", "x");
  const std::string message = StatusMessage(ReadCatalogFiles({folder_.string()}).status());
  EXPECT_NE(message.find(".yaml or .yml, in small letters; it holds plans.YAML"), std::string::npos) << message;
  for (int i = 0; i < 9; ++i) Write(std::to_string(i), "x");
  const std::string many = StatusMessage(ReadCatalogFiles({folder_.string()}).status());
  EXPECT_NE(many.find("it holds 0, 1, 2, 3, 4 and 5 more"), std::string::npos) << many;
}

TEST_F(CatalogFiles, AFileThatIsNamedTwiceIsReadOnce) {
  const std::string path = Write("a.yaml", "a");
  Write("b.yaml", "b");
  fs::create_symlink(path, folder_ / "link.yaml");
  const std::string folder = folder_.string();
  const auto files = ReadCatalogFiles({folder + "/./b.yaml", folder, path, folder + "/"});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].text, "b");
  EXPECT_EQ((*files)[1].text, "a");
}

TEST_F(CatalogFiles, WhatIsNoRegularFileIsRefusedAndNotWaitedFor) {
  const std::string pipe = (folder_ / "pipe.yaml").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {pipe, std::string("/dev/zero"), folder_.string()}) {
    SCOPED_TRACE(path);
    const auto files = ReadCatalogFiles({path});
    EXPECT_EQ(files.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(StatusMessage(files.status()).find("regular file is expected"), std::string::npos);
  }
  EXPECT_EQ(ReadSourceFile(folder_.string(), 10).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace usher
