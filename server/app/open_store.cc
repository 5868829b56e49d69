#include "server/app/open_store.h"

#include "server/storage/sqlite/store.h"

namespace usher {
namespace {

constexpr char kSqlitePrefix[] = "sqlite:";

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const std::string& name) {
  return sqlite::Open({.path = name.substr(sizeof(kSqlitePrefix) - 1)});
}

}  // namespace usher
