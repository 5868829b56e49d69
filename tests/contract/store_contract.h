// The suite that every engine of the storage contract passes (server/ports/store.h). A new engine adds a line to
// StoreEngines and nothing else.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/ports/store.h"
#include "tests/support/ledger_facts.h"
#include "tests/support/temporary_folder.h"

namespace usher {

struct StoreEngine {
  std::string name;
  // Opens the database that belongs to `folder`, the same one every time. Waits at most `wait` for a busy one.
  std::function<absl::StatusOr<std::unique_ptr<Store>>(const TemporaryFolder& folder, std::chrono::milliseconds wait)>
      open;
  // Whether several processes may serve one database at a time.
  bool shared = false;
};

inline std::ostream& operator<<(std::ostream& out, const StoreEngine& engine) { return out << engine.name; }

std::vector<StoreEngine> StoreEngines();

class StoreContract : public testing::TestWithParam<StoreEngine> {
 protected:
  void SetUp() override { Reopen(); }

  // Closes the store and opens it again, as after a restart.
  void Reopen(std::chrono::milliseconds wait = std::chrono::seconds(5)) {
    store_.reset();
    auto store = GetParam().open(folder_, wait);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  std::unique_ptr<StoreTransaction> Begin() {
    auto transaction = store_->Begin();
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    return *std::move(transaction);
  }

  std::unique_ptr<StoreReader> Read() {
    auto reader = store_->Read();
    EXPECT_TRUE(reader.ok()) << reader.status();
    return *std::move(reader);
  }

  // Runs `write` in a transaction of its own and commits it.
  void Write(const std::function<void(StoreTransaction&)>& write) {
    auto transaction = Begin();
    write(*transaction);
    const absl::Status committed = transaction->Commit();
    ASSERT_TRUE(committed.ok()) << committed;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

// The value of a StatusOr that must hold one.
template <class T>
T Must(absl::StatusOr<T> value) {
  EXPECT_TRUE(value.ok()) << value.status();
  return *std::move(value);
}

inline void Must(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

inline Digest DigestOf(std::string_view text) { return Sha256(text); }

}  // namespace usher
