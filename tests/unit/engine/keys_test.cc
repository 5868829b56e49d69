#include "server/engine/keys.h"

#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "server/base/api_key.h"
#include "server/engine/refusal.h"
#include "tests/support/ledger/faulty_store.h"
#include "tests/support/ledger/ledger_world.h"

namespace usher {
namespace {

class KeysTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = sqlite::Open({.path = folder_.File("usher.db")});
    ASSERT_TRUE(store.ok()) << store.status();
    inner_ = *std::move(store);
    store_ = std::make_unique<FaultyStore>(*inner_);
    writer_ = std::make_unique<Writer>(*store_, projection_);
    keys_ = std::make_unique<Keys>(*store_, *writer_, clock_);
  }

  NewKey Make(const Scopes& scopes, const std::string& tenant = "", std::optional<Instant> expires_at = std::nullopt) {
    auto made = keys_->Create({.name = "ci", .scopes = scopes, .tenant = TenantId(tenant), .expires_at = expires_at},
                              "the test");
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }

  std::shared_ptr<const KeyRow> Find(const NewKey& key) const { return keys_->Find(HashOfApiKey(key.secret.Reveal())); }

  TemporaryFolder folder_;
  SteppingClock clock_;
  Projection projection_;
  std::unique_ptr<Store> inner_;
  std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Keys> keys_;
};

TEST_F(KeysTest, ANewKeyIsFoundByItsHash) {
  const NewKey made = Make({Scope::kCheck}, "acme");
  const auto row = Find(made);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->id, made.row.id);
  EXPECT_TRUE(row->id.starts_with("key_")) << row->id;
  EXPECT_EQ(row->tenant, TenantId("acme"));
  EXPECT_EQ(row->created_by, "the test");
  EXPECT_EQ(keys_->Find(HashOfApiKey("usk_other")), nullptr);
}

TEST_F(KeysTest, AHashThatIsEqualOnlyAtItsBeginIsNotFound) {
  Digest hash = HashOfApiKey(Make({Scope::kCheck}).secret.Reveal());
  hash.bytes.back() ^= 1;
  EXPECT_EQ(keys_->Find(hash), nullptr);
}

TEST_F(KeysTest, OfTwoKeysThatShareAPlaceTheFirstStays) {
  const NewKey first = Make({Scope::kCheck});
  KeyRow second = first.row;
  second.id = "key_second";
  second.hash.bytes.back() ^= 1;
  const absl::Status inserted =
      writer_->Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        return transaction.InsertKey(second);
      });
  ASSERT_TRUE(inserted.ok()) << inserted;
  ASSERT_TRUE(keys_->Load().ok());
  EXPECT_NE(Find(first), nullptr);
  EXPECT_EQ(keys_->Find(second.hash), nullptr);
  ASSERT_TRUE(keys_->Revoke(second.id, "the test").ok());
  EXPECT_FALSE(Find(first)->revoked_at);
}

TEST_F(KeysTest, TheTableIsReadFromTheStore) {
  const NewKey live = Make({Scope::kCheck});
  const NewKey revoked = Make({Scope::kCheck});
  ASSERT_TRUE(keys_->Revoke(revoked.row.id, "the test").ok());
  keys_ = std::make_unique<Keys>(*store_, *writer_, clock_);
  EXPECT_EQ(Find(live), nullptr);
  ASSERT_TRUE(keys_->Load().ok());
  ASSERT_NE(Find(live), nullptr);
  EXPECT_FALSE(Find(live)->revoked_at);
  EXPECT_TRUE(Find(revoked)->revoked_at);
}

TEST_F(KeysTest, ARevokedKeyIsKnownAsSuchAtOnce) {
  const NewKey made = Make({Scope::kCheck});
  clock_.Set(kJanuary + kDay);
  const auto revoked = keys_->Revoke(made.row.id, "the test");
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(Find(made)->revoked_at, kJanuary + kDay);
  clock_.Set(kJanuary + 2 * kDay);
  EXPECT_EQ(keys_->Revoke(made.row.id, "the test")->revoked_at, kJanuary + kDay);
}

TEST_F(KeysTest, AnUnknownKeyCannotBeRevoked) {
  EXPECT_EQ(RefusalOf(keys_->Revoke("key_nope", "the test").status()), Refusal::kKeyUnknown);
}

TEST_F(KeysTest, EveryActIsAuditedAndNoSecretIs) {
  const NewKey made = Make({Scope::kCheck}, "acme");
  ASSERT_TRUE(keys_->Revoke(made.row.id, "jo").ok());
  ASSERT_TRUE(keys_->Revoke(made.row.id, "jo").ok());  // changes nothing, so it is no act
  std::vector<std::string> acts;
  for (const AuditRow& row : AuditIn(*store_)) {
    acts.push_back(row.record.actor + " " + row.record.action + " " + row.record.tenant);
    EXPECT_EQ(row.record.detail.find(made.secret.Reveal()), std::string::npos);
    EXPECT_NE(row.record.detail.find(made.row.id), std::string::npos);
  }
  EXPECT_EQ(acts, (std::vector<std::string>{"the test KEY_CREATED acme", "jo KEY_REVOKED acme"}));
}

TEST_F(KeysTest, AKeyThatIsNotDurableLetsNobodyIn) {
  store_->FailAt(4, Unavailable("the disk is away"));  // the commit
  const auto made =
      keys_->Create({.name = "ci", .scopes = {Scope::kAdmin}, .tenant = {}, .expires_at = {}}, "the test");
  EXPECT_EQ(made.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(keys_->HasAdmin());
}

struct AdminCase {
  const char* name;
  Scopes scopes;
  const char* tenant;
  std::optional<Instant> expires_at;
  bool is_admin;
};

TEST_F(KeysTest, AnAdminIsUnboundUnexpiredAndUnrevoked) {
  const AdminCase cases[] = {
      {"scope", {Scope::kAdmin}, "", std::nullopt, true},
      {"among others", {Scope::kCheck, Scope::kAdmin}, "", kJanuary + kDay, true},
      {"no scope", {Scope::kCheck, Scope::kIngest, Scope::kRoles, Scope::kCatalog}, "", std::nullopt, false},
      {"bound", {Scope::kAdmin}, "acme", std::nullopt, false},
      {"expired", {Scope::kAdmin}, "", kJanuary, false},
  };
  for (const AdminCase& row : cases) {
    const NewKey made = Make(row.scopes, row.tenant, row.expires_at);
    EXPECT_EQ(keys_->HasAdmin(), row.is_admin) << row.name;
    ASSERT_TRUE(keys_->Revoke(made.row.id, "the test").ok());
    EXPECT_FALSE(keys_->HasAdmin()) << row.name;
  }
}

TEST(ScopesTest, AdminImpliesEveryOther) {
  for (const Scope scope : kScopes) {
    EXPECT_TRUE(Scopes{Scope::kAdmin}.Allow(scope));
    EXPECT_EQ(Scopes{Scope::kCheck}.Allow(scope), scope == Scope::kCheck);
    EXPECT_FALSE(Scopes().Allow(scope));
  }
}

}  // namespace
}  // namespace usher
