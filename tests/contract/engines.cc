#include "server/storage/sqlite/store.h"
#include "tests/contract/store_contract.h"

namespace usher {

std::vector<StoreEngine> StoreEngines() {
  return {{.name = "sqlite",
           .open =
               [](const TemporaryFolder& folder, std::chrono::milliseconds wait) {
                 return sqlite::Open({.path = folder.File("usher.db"), .readers = 4, .wait = wait});
               },
           .shared = false}};
}

}  // namespace usher
