// Power cuts at any moment lose nothing that was acknowledged.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "server/engine/activate.h"
#include "tests/durability/contents.h"
#include "tests/durability/load.h"
#include "tests/durability/undisturbed.h"
#include "tests/support/disk/cuttable_disk.h"

namespace usher {
namespace {

using testing::IsEmpty;

constexpr int kSenders = 3;
constexpr int kCutsPerStore = 20;
// Without syncs, a cut during the n-th sync would never come.
constexpr int kMostBetweenCuts = 200;

int Cuts() { return std::getenv("USHER_DEEP") == nullptr ? 1000 : 100'000; }

// ---- what the tests change in SQLite, on every connection that is opened

// Whether commits reach the disk. Only the control says no.
std::atomic<bool> commits_are_synced{true};

int RefuseSynchronous(void* /*context*/, int action, const char* pragma, const char* /*value*/,
                      const char* /*database*/, const char* /*trigger*/) {
  const bool synchronous = action == SQLITE_PRAGMA && std::string_view(pragma) == "synchronous";
  return synchronous ? SQLITE_IGNORE : SQLITE_OK;
}

int Prepare(sqlite3* database, char** /*error*/, const sqlite3_api_routines* /*api*/) {
  // A store of a test is small: without this it would never meet a checkpoint.
  sqlite3_wal_autocheckpoint(database, 60);
  if (commits_are_synced) return SQLITE_OK;
  const int code = sqlite3_exec(database, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
  sqlite3_set_authorizer(database, RefuseSynchronous, nullptr);
  return code;
}

// The parts of a server between its store and its services.
struct Engine {
  Engine(std::unique_ptr<Store> opened, const BillingSource& source)
      : store(std::move(opened)), sources{{std::string(source.Provider()), &source}} {}

  std::unique_ptr<Store> store;
  SteppingClock clock;
  Projection projection;
  Writer writer{*store, projection};
  BillingSources sources;
  PayloadSeal seal = TestSeal();
  Ingest ingest{*store, writer, projection, clock, clock, sources, seal};
  Activator activator{*store, writer, projection, clock};
};

// When the power goes: during some operation or some sync after the start, or of the closing checkpoint.
struct Cut {
  int at_operation = 0;
  int at_sync = 0;
  bool closing = false;
};

Cut ChooseCut(std::mt19937& random) {
  switch (random() % 4) {
    case 0: return {.at_operation = 1 + static_cast<int>(random() % 200)};  // the start is among these
    case 1: return {.at_operation = 1 + static_cast<int>(random() % 3000)};
    case 2: return {.at_sync = 1 + static_cast<int>(random() % 40)};
    default: return {.at_operation = 1 + static_cast<int>(random() % 120), .closing = true};
  }
}

// What a power cut did.
struct Damage {
  std::vector<std::string> lost;
  std::vector<std::string> doubled;
  std::vector<std::string> faults;  // corruption, or a state that the surviving events do not amount to
  bool any() const { return !lost.empty() || !doubled.empty() || !faults.empty(); }
};

// A machine whose power fails again and again. It starts from what the last cut left on the disk, untouched.
class Machine {
 public:
  explicit Machine(unsigned seed) : random_(seed), load_(seed, kSenders), source_(WebhookBilling()) {
    folder_ = std::make_unique<TemporaryFolder>();
  }

  Damage RunUntilCut() {
    auto disk = std::make_unique<CuttableDisk>(folder_->File(""));
    const Cut cut = ChooseCut(random_);
    if (!cut.closing) Plan(cut, *disk);
    const absl::Status served = Serve(cut, *disk);
    if (!disk->cut()) disk->CutNow();
    auto after = std::make_unique<TemporaryFolder>();
    const TemporaryFolder copy;
    disk->LeaveBehind(random_, {after->File(""), copy.File("")});
    disk.reset();
    folder_ = std::move(after);
    Damage damage = Inspect(copy.File("usher.db"));
    if (!served.ok()) damage.faults.push_back(StatusMessage(served));
    if (!load_.refusal().empty()) damage.faults.push_back(load_.refusal());
    return damage;
  }

  std::size_t acknowledged() const { return load_.acknowledged().size(); }

 private:
  static void Plan(const Cut& cut, CuttableDisk& disk) {
    if (cut.at_sync > 0) {
      disk.CutAtSync(cut.at_sync);
    } else {
      disk.CutAtOperation(cut.at_operation);
    }
  }

  // Fails only for a reason that is not the power.
  absl::Status Serve(const Cut& cut, CuttableDisk& disk) {
    absl::StatusOr<std::unique_ptr<Store>> store = sqlite::Open({.path = folder_->File("usher.db")});
    if (!store.ok()) return disk.cut() ? absl::OkStatus() : store.status();
    Engine engine(*std::move(store), *source_);
    static const CatalogPtr catalog = WebhookCatalog();
    const absl::StatusOr<Activation> activation =
        engine.activator.Activate({.catalog = catalog, .source = "", .actor = "file"});
    if (!activation.ok()) return disk.cut() ? absl::OkStatus() : activation.status();
    std::atomic<bool> stop = false;
    const auto deliver = [&](const Webhook& webhook) -> absl::Status {
      if (stop) return Unavailable("the machine is shut down");
      const absl::Status delivered = Deliver(engine.ingest, webhook).status();
      // Whatever a program without power says, nobody hears it.
      return !delivered.ok() && disk.cut() ? Unavailable("the power is gone") : delivered;
    };
    load_.Run([&] { return deliver; },
              [&](int count) {
                if (count >= (cut.closing ? 20 : kMostBetweenCuts)) stop = true;
              });
    if (cut.closing) Plan(cut, disk);
    return absl::OkStatus();
  }

  Damage Inspect(const std::string& path) {
    Damage damage;
    absl::StatusOr<Contents> contents = ReadContents(path);
    // A database that was never acknowledged to exist need not be one yet.
    if (!contents.ok() && !load_.acknowledged().empty()) damage.faults.push_back(StatusMessage(contents.status()));
    if (!contents.ok()) contents = Contents();
    damage.lost = Missing(load_.acknowledged(), *contents);
    damage.doubled = contents->doubled;
    damage.faults.insert(damage.faults.end(), contents->faults.begin(), contents->faults.end());
    if (!damage.any()) damage.faults = undisturbed_.Follow(*contents, load_.bodies());
    if (!damage.any()) damage.faults = Unreadable(*contents, TestSeal(), load_.bodies());
    return damage;
  }

  std::mt19937 random_;
  Load load_;
  const std::unique_ptr<BillingSource> source_;
  std::unique_ptr<TemporaryFolder> folder_;
  Undisturbed undisturbed_;
};

class PowerCut : public testing::Test {
 protected:
  static void SetUpTestSuite() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(Prepare)); }
  void TearDown() override { commits_are_synced = true; }
};

TEST_F(PowerCut, LosesNothingThatWasAcknowledged) {
  int cuts = 0;
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::size_t doubled = 0;
  for (unsigned seed = 1; cuts < Cuts() && !HasFailure(); ++seed) {
    Machine machine(seed);
    for (int i = 0; i < kCutsPerStore && !HasFailure(); ++i, ++cuts) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", cut " + std::to_string(i));
      const Damage damage = machine.RunUntilCut();
      lost += damage.lost.size();
      doubled += damage.doubled.size();
      EXPECT_THAT(damage.lost, IsEmpty());
      EXPECT_THAT(damage.doubled, IsEmpty());
      EXPECT_THAT(damage.faults, IsEmpty());
    }
    acknowledged += machine.acknowledged();
  }
  const std::string result = "power-cut test: " + std::to_string(cuts) + " power cuts, " +
                             std::to_string(acknowledged) + " acknowledged, " + std::to_string(lost) + " lost, " +
                             std::to_string(doubled) + " doubled";
  std::cout << result << "\n";
  RecordProperty("result", result);
  EXPECT_GT(acknowledged, static_cast<std::size_t>(cuts));
}

// The control: the test above can fail.
TEST_F(PowerCut, LosesEventsWhenCommitsAreNotSynced) {
  commits_are_synced = false;
  int damaged = 0;
  std::size_t lost = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Machine machine(seed);
    Damage damage;
    for (int i = 0; i < kCutsPerStore && !damage.any(); ++i) damage = machine.RunUntilCut();
    damaged += damage.any() ? 1 : 0;
    lost += damage.lost.size();
  }
  const std::string result = "power-cut test without syncs (its control): " + std::to_string(damaged) +
                             " of 10 stores damaged, " + std::to_string(lost) + " lost";
  std::cout << result << "\n";
  RecordProperty("result", result);
  EXPECT_GT(damaged, 5);
  EXPECT_GT(lost, 0u);
}

}  // namespace
}  // namespace usher
