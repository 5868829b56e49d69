#include "server/app/config_files.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/parse/finding.h"
#include "catalog/parse/load.h"
#include "server/app/payload_key.h"
#include "server/base/catalog_files.h"
#include "server/base/secret_file.h"
#include "server/tls/tls_material.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kDatabaseHead = "SQLite format 3";

void CheckCatalog(const SettingValue& catalog, Problems& problems) {
  if (catalog.text.empty()) return;
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogFiles({catalog.text});
  if (!files.ok()) {
    problems.push_back(catalog.source + ": " + StatusMessage(files.status()));
    return;
  }
  const LoadResult loaded = LoadCatalog(*files);
  if (loaded.catalog != nullptr) return;
  problems.push_back(catalog.source + ": the catalog " + catalog.text + " has errors, which `usher catalog validate " +
                     catalog.text + "` explains:");
  for (const Finding& finding : loaded.findings) {
    if (finding.severity == Severity::kError) problems.push_back(FormatFinding(finding));
  }
}

void CheckTls(const Settings& settings, const Config& config, Problems& problems) {
  const std::size_t before = problems.size();
  for (const char* name : {"tls-cert", "tls-key", "tls-client-ca"}) {
    const SettingValue& file = settings.at(name);
    if (file.text.empty()) continue;
    const absl::Status read = ReadSecretFile(file.text).status();
    if (!read.ok()) problems.push_back(file.source + ": " + StatusMessage(read));
  }
  if (problems.size() > before || config.tls_cert.empty() || config.tls_key.empty()) return;
  const absl::Status loaded =
      LoadTls({.certificate = config.tls_cert, .key = config.tls_key, .client_ca = config.tls_client_ca}).status();
  if (!loaded.ok()) problems.push_back("--tls-cert and --tls-key: " + StatusMessage(loaded));
}

void CheckPayloadKey(const SettingValue& setting, const Config& config, Problems& problems) {
  std::error_code ignored;
  if (config.make_payload_key && !fs::exists(config.payload_key, ignored)) return;
  const absl::Status loaded = LoadPayloadKeys(config.payload_key, false).status();
  if (!loaded.ok()) problems.push_back(setting.source + ": " + StatusMessage(loaded));
}

// What is wrong with the place of the database at `path`; empty when nothing is.
std::string ProblemOfStore(const std::string& path) {
  std::error_code ignored;
  // Files stand beside what a link leads to.
  const std::string folder = fs::weakly_canonical(fs::absolute(path, ignored), ignored).parent_path().string();
  if (fs::is_directory(path, ignored)) return path + " is a folder: expected the path of a file";
  if (!fs::is_directory(folder, ignored)) return "the folder " + folder + " is not there: make it, or name another";
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return "this user may not write into the folder " + folder + ", where files stand beside the database";
  }
  if (!fs::exists(path, ignored)) return "";
  if (access(path.c_str(), R_OK | W_OK) != 0) return "this user may not read and write " + path;
  std::string head(kDatabaseHead.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  const bool is_empty = file.gcount() == 0;  // SQLite fills it
  return is_empty || head == kDatabaseHead ? "" : path + " is no SQLite database: name another file";
}

}  // namespace

void CheckStoreFile(const SettingValue& store, Problems& problems) {
  const std::string path = store.text.starts_with(kSqlite) ? store.text.substr(kSqlite.size()) : "";
  if (path.empty()) return;
  const std::string problem = ProblemOfStore(path);
  if (!problem.empty()) problems.push_back(store.source + ": " + problem);
}

void CheckFiles(const Settings& settings, const Config& config, Problems& problems) {
  CheckCatalog(settings.at("catalog"), problems);
  CheckStoreFile(settings.at("store"), problems);
  CheckPayloadKey(settings.at("payload-key"), config, problems);
  CheckTls(settings, config, problems);
}

}  // namespace usher
