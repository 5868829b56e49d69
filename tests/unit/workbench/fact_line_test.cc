#include "server/workbench/fact_line.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

constexpr Instant kAt = FromUnixSeconds(1767225600);

Fact Of(ObjectKind kind, const char* id, FactContent content) {
  return {{{"stripe", "", false}, kind, id}, kAt, std::move(content)};
}

TEST(FactLine, TellsEveryFieldThatIsNotAtItsDefault) {
  InvoiceFact invoice;
  invoice.status = InvoiceStatus::kOpen;
  invoice.customer = "cus_1";
  invoice.due_date = kAt;
  invoice.lines = {{"", "", PriceId("p"), 2500, -7, {}, kAt, true}, {"", "", PriceId("q"), 1000, 0, {}, {}, false}};
  EXPECT_EQ(FactLine(Of(ObjectKind::kInvoice, "in_1", invoice)),
            "invoice in_1 at 2026-01-01T00:00:00Z: status=open customer=cus_1 due_date=2026-01-01T00:00:00Z "
            "lines=[price=p quantity_milli=2500 amount=-7 end=2026-01-01T00:00:00Z proration=yes; price=q]");
}

TEST(FactLine, NamesTheAspectOfTheObject) {
  EXPECT_EQ(FactLine(Of(ObjectKind::kInvoice, "in_1", AttemptFact{AttemptResult::kRequiresAction})),
            "invoice in_1 attempt at 2026-01-01T00:00:00Z: result=requires action");
  EXPECT_EQ(FactLine(Of(ObjectKind::kCustomer, "cus_1", LinkFact{TenantId("acme"), LinkTrust::kClientReference})),
            "customer cus_1 link at 2026-01-01T00:00:00Z: tenant=acme trust=client reference");
  EXPECT_EQ(FactLine(Of(ObjectKind::kTenant, "acme", SuspensionFact{true, "fraud", "ann"})),
            "tenant acme suspension at 2026-01-01T00:00:00Z: suspended=yes reason=fraud actor=ann");
  EXPECT_EQ(FactLine(Of(ObjectKind::kCustomer, "cus_1", CustomerFact{})), "customer cus_1 at 2026-01-01T00:00:00Z");
}

TEST(FactLine, TellsValuesOfEveryType) {
  const auto line = [](Value value) {
    OverrideFact content;
    content.feature = FeatureId("f");
    content.value = std::move(value);
    return FactLine(Of(ObjectKind::kOverride, "ov_1", content));
  };
  const std::string start = "override ov_1 at 2026-01-01T00:00:00Z: feature=f ";
  EXPECT_TRUE(line(true).starts_with(start) && line(true).ends_with("value=yes")) << line(true);
  EXPECT_TRUE(line(Limit{7, false}).ends_with("value=7")) << line(Limit{7, false});
  EXPECT_TRUE(line(kUnlimited).ends_with("value=unlimited")) << line(kUnlimited);
  EXPECT_TRUE(line(Level{"gold"}).ends_with("value=name=gold")) << line(Level{"gold"});
  EXPECT_TRUE(line(ValueSet{{"eu", "us"}}).ends_with("value=values=[eu; us]")) << line(ValueSet{{"eu", "us"}});
}

}  // namespace
}  // namespace usher
