// Members, and which of a user's memberships is its home.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/store_contract.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const TenantId kAcme{"acme"};
const TenantId kBeta{"beta"};

MemberRow Member(const TenantId& tenant, const std::string& user, Instant created_at = kJanuary,
                 const std::string& kind = "member") {
  return {.tenant = tenant, .user = UserId(user), .kind = kind, .created_at = created_at};
}

class MembersContract : public StoreContract {
 protected:
  void Put(const std::vector<MemberRow>& rows) {
    Write([&](StoreTransaction& transaction) {
      for (const MemberRow& row : rows) Must(transaction.PutMember(row));
    });
  }
  std::vector<std::string> HomeMembers(const TenantId& tenant) {
    std::vector<std::string> users;
    for (const MemberRow& row : Must(Read()->ListHomeMembers(tenant, UserId(), 100))) users.push_back(row.user.str());
    return users;
  }
};

TEST_P(MembersContract, AnEmptyStoreHasNone) {
  EXPECT_FALSE(Must(Read()->FindMember(kAcme, UserId("user_1"))).has_value());
  EXPECT_THAT(Must(Read()->ListMembers(kAcme, UserId(), 10)), IsEmpty());
  EXPECT_THAT(Must(Read()->ListHomeMembers(kAcme, UserId(), 10)), IsEmpty());
  EXPECT_THAT(Must(Read()->FindMemberships(UserId("user_1"))), IsEmpty());
}

TEST_P(MembersContract, AMemberIsKeptAsItWasPut) {
  const MemberRow row = Member(kAcme, "user_1", kJanuary + Millis(7), "owner");
  Put({row});
  Reopen();
  EXPECT_EQ(Must(Read()->FindMember(kAcme, row.user)), row);
  EXPECT_FALSE(Must(Read()->FindMember(kBeta, row.user)).has_value());
  EXPECT_FALSE(Must(Read()->FindMember(kAcme, UserId("USER_1"))).has_value()) << "ids are exact";
}

TEST_P(MembersContract, AnotherKindKeepsTheTimeOfTheFirstPut) {
  Put({Member(kAcme, "user_1", kJanuary, "member")});
  Put({Member(kAcme, "user_1", kJanuary + kDay, "owner")});
  EXPECT_EQ(Must(Read()->FindMember(kAcme, UserId("user_1"))), Member(kAcme, "user_1", kJanuary, "owner"));
}

TEST_P(MembersContract, WhoIsRemovedIsGoneAndStartsAnew) {
  Put({Member(kAcme, "user_1"), Member(kAcme, "user_2")});
  Write([&](StoreTransaction& transaction) {
    EXPECT_TRUE(Must(transaction.RemoveMember(kAcme, UserId("user_1"))));
    EXPECT_FALSE(Must(transaction.RemoveMember(kAcme, UserId("user_1"))));
    EXPECT_FALSE(Must(transaction.RemoveMember(kBeta, UserId("user_2"))));
  });
  EXPECT_THAT(Must(Read()->ListMembers(kAcme, UserId(), 10)), ElementsAre(Member(kAcme, "user_2")));
  Put({Member(kAcme, "user_1", kJanuary + kDay)});
  EXPECT_EQ(Must(Read()->FindMember(kAcme, UserId("user_1")))->created_at, kJanuary + kDay);
}

TEST_P(MembersContract, PagesAreSortedAndOfOneTenant) {
  Put({Member(kAcme, "c"), Member(kAcme, "a"), Member(kBeta, "b"), Member(kAcme, "b")});
  auto reader = Read();
  EXPECT_THAT(Must(reader->ListMembers(kAcme, UserId(), 2)), ElementsAre(Member(kAcme, "a"), Member(kAcme, "b")));
  EXPECT_THAT(Must(reader->ListMembers(kAcme, UserId("b"), 2)), ElementsAre(Member(kAcme, "c")));
  EXPECT_THAT(Must(reader->ListHomeMembers(kAcme, UserId("a"), 1)), ElementsAre(Member(kAcme, "b")));
}

TEST_P(MembersContract, TheOldestMembershipIsTheHomeThenTheLeastTenant) {
  Put({Member(kAcme, "older", kJanuary), Member(kBeta, "older", kJanuary + Millis(1)),
       Member(kAcme, "younger", kJanuary + Millis(1)), Member(kBeta, "younger", kJanuary),
       Member(kBeta, "tied", kJanuary), Member(kAcme, "tied", kJanuary)});
  EXPECT_THAT(HomeMembers(kAcme), ElementsAre("older", "tied"));
  EXPECT_THAT(HomeMembers(kBeta), ElementsAre("younger"));
  EXPECT_THAT(Must(Read()->FindMemberships(UserId("younger"))),
              ElementsAre(Member(kBeta, "younger", kJanuary), Member(kAcme, "younger", kJanuary + Millis(1))));
  EXPECT_THAT(Must(Read()->FindMemberships(UserId("tied"))),
              ElementsAre(Member(kAcme, "tied", kJanuary), Member(kBeta, "tied", kJanuary)));
  Write([&](StoreTransaction& transaction) { Must(transaction.RemoveMember(kAcme, UserId("older"))); });
  EXPECT_THAT(HomeMembers(kBeta), ElementsAre("older", "younger"));
}

TEST_P(MembersContract, WhatIsNotCommittedDidNotHappen) {
  {
    auto transaction = Begin();
    Must(transaction->PutMember(Member(kAcme, "user_1")));
    EXPECT_TRUE(Must(transaction->FindMember(kAcme, UserId("user_1"))).has_value());
  }
  EXPECT_FALSE(Must(Read()->FindMember(kAcme, UserId("user_1"))).has_value());
}

INSTANTIATE_TEST_SUITE_P(Engines, MembersContract, testing::ValuesIn(StoreEngines()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace usher
