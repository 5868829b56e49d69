#include "server/engine/links.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/ledger_facts.h"

namespace usher {
namespace {

struct LinkCase {
  const char* name;
  std::vector<Fact> links;
  const char* owner;
};

Fact Link(const char* tenant, int day, LinkTrust trust) {
  return LinkOf(CustomerObject("cus_1"), tenant, kJanuary + day * kDay, trust);
}

constexpr LinkTrust kClient = LinkTrust::kClientReference;
constexpr LinkTrust kMeta = LinkTrust::kMetadata;
constexpr LinkTrust kOperator = LinkTrust::kOperator;

const LinkCase kCases[] = {
    {"MetadataBeforeClientReference", {Link("buyer", 0, kClient), Link("acme", 5, kMeta)}, "acme"},
    {"OperatorBeforeMetadata", {Link("acme", 0, kMeta), Link("umbrella", 5, kOperator)}, "umbrella"},
    {"TheEarliestMetadataStays", {Link("acme", 0, kMeta), Link("umbrella", 1, kMeta)}, "acme"},
    {"TheEarliestClientReferenceStays", {Link("acme", 0, kClient), Link("thief", 1, kClient)}, "acme"},
    {"TheLatestOperatorLinkCorrects", {Link("acme", 0, kOperator), Link("umbrella", 1, kOperator)}, "umbrella"},
    {"ATieGoesToTheSmallerTenant", {Link("b", 0, kMeta), Link("a", 0, kMeta)}, "a"},
    {"ATieOfOperatorsToo", {Link("b", 0, kOperator), Link("a", 0, kOperator)}, "a"},
};

class OwnLinkRules : public testing::TestWithParam<LinkCase> {};

TEST_P(OwnLinkRules, InEveryOrder) {
  std::vector<const Fact*> links;
  for (const Fact& fact : GetParam().links) links.push_back(&fact);
  std::sort(links.begin(), links.end());
  do {
    const LinkFact* own = OwnLink(links);
    ASSERT_NE(own, nullptr);
    EXPECT_EQ(own->tenant.str(), GetParam().owner);
  } while (std::next_permutation(links.begin(), links.end()));
}

INSTANTIATE_TEST_SUITE_P(Links, OwnLinkRules, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(OwnLink, OtherFactsAreNoLinks) {
  const Fact paid = PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", kJanuary);
  const Fact* facts[] = {&paid};
  EXPECT_EQ(OwnLink(facts), nullptr);
  EXPECT_EQ(OwnLink({}), nullptr);
}

}  // namespace
}  // namespace usher
