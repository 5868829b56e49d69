#include "server/base/catalog_files.h"

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
  const std::string path = Write("plans.yaml", "x");
  const auto files = ReadCatalogFiles(std::vector<std::string>(kMostCatalogFiles + 50, path));
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

}  // namespace
}  // namespace usher
