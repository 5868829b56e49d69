// API keys.
#include <gtest/gtest.h>

#include "tests/contract/store_contract.h"

namespace usher {
namespace {

using KeyContract = StoreContract;

KeyRow KeyNamed(const std::string& name) {
  return {.id = "key_" + name,
          .name = name,
          .hash = DigestOf(name),
          .scopes = {Scope::kCheck, Scope::kAdmin},
          .tenant = TenantId("acme"),
          .created_at = kJanuary,
          .created_by = "usherd init",
          .expires_at = kJanuary + kDay,
          .revoked_at = std::nullopt};
}

TEST_P(KeyContract, AKeyIsKeptWhole) {
  Write([&](StoreTransaction& transaction) { Must(transaction.InsertKey(KeyNamed("a"))); });
  Reopen();
  const auto key = Must(Read()->FindKey("key_a"));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->name, "a");
  EXPECT_EQ(key->hash, DigestOf("a"));
  EXPECT_EQ(key->scopes, (Scopes{Scope::kCheck, Scope::kAdmin}));
  EXPECT_EQ(key->tenant, TenantId("acme"));
  EXPECT_EQ(key->created_at, kJanuary);
  EXPECT_EQ(key->created_by, "usherd init");
  EXPECT_EQ(key->expires_at, kJanuary + kDay);
  EXPECT_FALSE(key->revoked_at.has_value());
  EXPECT_FALSE(Must(Read()->FindKey("key_b")).has_value());
}

TEST_P(KeyContract, AnIdOrAHashIsTakenOnce) {
  Write([&](StoreTransaction& transaction) { Must(transaction.InsertKey(KeyNamed("a"))); });
  KeyRow same_id = KeyNamed("a");
  same_id.hash = DigestOf("other");
  EXPECT_EQ(Begin()->InsertKey(same_id).code(), absl::StatusCode::kInternal);
  KeyRow same_hash = KeyNamed("a");
  same_hash.id = "key_other";
  EXPECT_EQ(Begin()->InsertKey(same_hash).code(), absl::StatusCode::kInternal);
}

TEST_P(KeyContract, ARevokedKeyStaysRevokedSinceTheFirstTime) {
  Write([&](StoreTransaction& transaction) {
    Must(transaction.InsertKey(KeyNamed("a")));
    Must(transaction.RevokeKey("key_a", kJanuary + kDay));
  });
  Write([&](StoreTransaction& transaction) { Must(transaction.RevokeKey("key_a", kJanuary + 2 * kDay)); });
  EXPECT_EQ(Must(Read()->FindKey("key_a"))->revoked_at, kJanuary + kDay);
  EXPECT_EQ(Begin()->RevokeKey("key_b", kJanuary).code(), absl::StatusCode::kInternal);
}

TEST_P(KeyContract, KeysAreListedInTheOrderOfTheirCreation) {
  Write([&](StoreTransaction& transaction) {
    for (const char* name : {"c", "a", "b"}) Must(transaction.InsertKey(KeyNamed(name)));
    Must(transaction.RevokeKey("key_a", kJanuary));
  });
  auto reader = Read();
  const auto first = Must(reader->ListKeys(0, 2));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].name, "c");
  EXPECT_EQ(first[1].name, "a");
  const auto rest = Must(reader->ListKeys(first[1].position, 2));
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].name, "b");
}

INSTANTIATE_TEST_SUITE_P(Engines, KeyContract, testing::ValuesIn(StoreEngines()), testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
