// usher catalog check-prices: a catalog held against lists of prices.
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/parse/codes.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/clients/cli_catalog/run_usher.h"

namespace usher {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCatalog[] = R"(apiVersion: usher/v1
catalog: acme
plans:
  growth@1: { offered: no }
prices:
  live:
    price_month: { plan: growth@1, interval: month, currency: USD }
    price_plain: { plan: growth@1 }
    price_pass: { plan: growth@1, interval: once, grants_for: 7d }
    price_day: { ignore: consulting }
    price_gone: { plan: growth@1, status: retired }
  test:
    price_test: { plan: growth@1, interval: month }
)";

struct Listed {
  std::string id;
  std::string keys = R"("currency": "usd", "recurring": {"interval": "month", "interval_count": 1})";
  bool live = true;
};

std::string ListOf(const std::vector<Listed>& prices, bool has_more = false) {
  std::string json = "{\"has_more\": " + std::string(has_more ? "true" : "false") + ", \"data\": [";
  for (std::size_t i = 0; i < prices.size(); ++i) {
    json += std::string(i == 0 ? "\n" : ",\n") + R"({"id": ")" + prices[i].id + R"(", "livemode": )" +
            (prices[i].live ? "true" : "false") + ", " + prices[i].keys + "}";
  }
  return json + "]}";
}

const Listed kMonth{"price_month"};
const Listed kPlain{"price_plain"};
const Listed kPass{.id = "price_pass", .keys = R"("currency": "usd", "recurring": null)"};
const Listed kDay{.id = "price_day", .keys = R"("active": false)"};
const std::vector<Listed> kAll = {kMonth, kPlain, kPass, kDay};

std::vector<Listed> AllBut(const std::string& id, const std::vector<Listed>& instead) {
  std::vector<Listed> listed;
  for (const Listed& price : kAll) {
    if (price.id != id) listed.push_back(price);
  }
  listed.insert(listed.end(), instead.begin(), instead.end());
  return listed;
}

class CheckPricesCommand : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.File(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  Outcome Check(const std::string& json, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"catalog", "check-prices", Write("plans.yaml", kCatalog), "--stripe-prices",
                                          Write("prices.json", json)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Usher(arguments);
  }

  TemporaryFolder folder_;
};

struct PriceCase {
  const char* name;
  std::string json;
  int code;
  std::vector<std::string> findings;  // the beginning of each, without the folder
};

TEST_F(CheckPricesCommand, FindsWhatIsUnknownMissingOrMismatched) {
  const Listed old{.id = "price_old", .keys = R"("active": false)"};
  const Listed quarter{.id = "price_month",
                       .keys = R"("currency": "usd", "recurring": {"interval": "month", "interval_count": 3})"};
  const Listed odd{.id = "price_month",
                   .keys = R"("currency": "usd", "recurring": {"interval": "month", "interval_count": 2})"};
  const PriceCase cases[] = {
      {"AllIsWell", ListOf(kAll), kExitYes, {}},
      {"Unknown",
       ListOf(AllBut("", {{"price_new"}})),
       kExitNo,
       {"prices.json:6:8: error USH0401: The price \"price_new\" of the live mode is not in the catalog: a payment "
        "of it is unmapped. List it under live.\n"}},
      {"UnknownAndArchived",
       ListOf(AllBut("", {old})),
       kExitYes,
       {"prices.json:6:8: warning USH0406: The price \"price_old\""}},
      {"Misspelled",
       ListOf(AllBut("price_plain", {{"price_plane"}})),
       kExitNo,
       {"plans.yaml:8:5: error USH0402: Stripe does not list the price \"price_plain\" in the live mode",
        "prices.json:5:8: error USH0401: The price \"price_plane\" of the live mode is not in the catalog: a payment "
        "of "
        "it is unmapped. List it under live. Did you mean \"price_plain\"?"}},
      {"OfTheOtherMode",
       ListOf(AllBut("", {{.id = "price_test", .live = true}})),
       kExitNo,
       {"plans.yaml:13:5: error USH0403: The price \"price_test\" stands under test and is one of the live mode"}},
      {"AnotherInterval",
       ListOf(AllBut("price_month", {quarter})),
       kExitNo,
       {"plans.yaml:7:5: error USH0404: The price \"price_month\" says interval: month, and Stripe says interval: "
        "quarter."}},
      {"AnIntervalWithoutAWord",
       ListOf(AllBut("price_month", {odd})),
       kExitNo,
       {"plans.yaml:7:5: error USH0404: The price \"price_month\" says interval: month, and Stripe says every 2 "
        "months."}},
      {"PaidOnceAndNotSaid",
       ListOf(AllBut("price_plain", {{.id = "price_plain", .keys = R"("recurring": null)"}})),
       kExitNo,
       {"plans.yaml:8:5: error USH0404: The price \"price_plain\" is paid once at Stripe"}},
      {"SaidOnceAndRenews",
       ListOf(AllBut("price_pass", {{"price_pass"}})),
       kExitNo,
       {"plans.yaml:9:5: error USH0404: The price \"price_pass\" says interval: once, and Stripe says interval: "
        "month."}},
      {"AnotherCurrency",
       ListOf(AllBut("price_month",
                     {{.id = "price_month", .keys = R"("currency": "eur", "recurring": {"interval": "month"})"}})),
       kExitNo,
       {"plans.yaml:7:5: error USH0405: The price \"price_month\" says currency: USD, and Stripe says eur."}},
      {"OneOfSeveralCurrencies",
       ListOf(AllBut(
           "price_month",
           {{.id = "price_month",
             .keys = R"("currency": "eur", "currency_options": {"usd": {}}, "recurring": {"interval": "month"})"}})),
       kExitYes,
       {}},
      {"ArchivedAndCurrent",
       ListOf(AllBut("price_plain",
                     {{.id = "price_plain", .keys = R"("active": false, "recurring": {"interval": "month"})"}})),
       kExitYes,
       {"plans.yaml:8:5: warning USH0407: The price \"price_plain\" is current here and archived at Stripe"}},
      {"APageOfSeveral",
       ListOf({kMonth}, true),
       kExitYes,
       {"prices.json:1:1: warning USH0408: The list of the live mode goes on"}},
  };
  std::set<std::string> shown;
  for (const PriceCase& row : cases) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = Check(row.json);
    EXPECT_EQ(outcome.code, row.code) << outcome.err;
    for (const std::string& finding : row.findings) {
      EXPECT_THAT(outcome.out, HasSubstr(folder_.File(finding)));
      shown.insert(finding.substr(finding.find("USH"), 7));
    }
    const auto lines = static_cast<std::size_t>(std::count(outcome.out.begin(), outcome.out.end(), '\n'));
    // The summary, and that no test price is on the list.
    EXPECT_EQ(lines, row.findings.size() + 2) << outcome.out;
  }
  for (const CodeInfo& info : AllCodes()) {
    if (info.code < Code::kPriceNotInCatalog || info.code > Code::kPriceListGoesOn) continue;
    EXPECT_TRUE(shown.contains(CodeName(info.code))) << CodeName(info.code);
  }
}

TEST_F(CheckPricesCommand, SaysHowMuchItLookedAt) {
  EXPECT_THAT(Check(ListOf(kAll)).out,
              "Held against 4 live prices and 0 test prices: 0 errors, 0 warnings.\n"
              "No test price is on a list: those of the catalog were not looked for.\n");
  EXPECT_THAT(Check(ListOf({{.id = "price_test", .live = false}})).out,
              "Held against 0 live prices and 1 test price: 0 errors, 0 warnings.\n"
              "No live price is on a list: those of the catalog were not looked for.\n");
}

TEST_F(CheckPricesCommand, TakesPagesAndModesTogether) {
  const std::string catalog = Write("plans.yaml", kCatalog);
  const std::string first = Write("1.json", ListOf({kMonth, kPlain}, true));
  const std::string last = Write("2.json", ListOf({kPass, kDay}));
  const std::string test = Write("test.json", ListOf({{.id = "price_test", .live = false}}));
  const Outcome outcome = Usher({"catalog", "check-prices", catalog, "--stripe-prices", first, last, test});
  EXPECT_EQ(outcome.out, "Held against 4 live prices and 1 test price: 0 errors, 0 warnings.\n");
  // What no page has is missing once the last one is there.
  EXPECT_THAT(Usher({"catalog", "check-prices", catalog, "--stripe-prices", last}).out, HasSubstr("error USH0402"));
  EXPECT_THAT(Usher({"catalog", "check-prices", catalog, "--stripe-prices", first}).out, Not(HasSubstr("USH0402")));
}

TEST_F(CheckPricesCommand, SpeaksToProgramsAndCiSystems) {
  const std::string json = ListOf(AllBut("", {{"price_new"}}));
  EXPECT_THAT(Check(json, {"--format", "json"}).out, HasSubstr("\"code\": \"USH0401\""));
  EXPECT_THAT(Check(json, {"--format", "github"}).out, HasSubstr("::error file="));
  EXPECT_EQ(Check(ListOf(kAll), {"--format", "json"}).out, "[]\n");
}

TEST_F(CheckPricesCommand, CannotRunWithoutACatalogAndAList) {
  EXPECT_EQ(Usher({"catalog", "check-prices", "plans.yaml"}).code, kExitCouldNotAsk);
  EXPECT_THAT(Check("{}").err, HasSubstr("prices.json: it has no list \"data\""));
  EXPECT_EQ(Check("{}").code, kExitCouldNotAsk);
  const std::string list = Write("prices.json", ListOf(kAll));
  EXPECT_EQ(Usher({"catalog", "check-prices", folder_.File("gone.yaml"), "--stripe-prices", list}).code,
            kExitCouldNotAsk);
  EXPECT_EQ(Usher({"catalog", "check-prices", "plans.yaml", "--stripe-prices", folder_.File("gone.json")}).code,
            kExitCouldNotAsk);
  const std::string bad = Write("bad.yaml", "apiVersion: usher/v1\ncatalog: t\nplanz: {}\n");
  const Outcome refused = Usher({"catalog", "check-prices", bad, "--stripe-prices", list});
  EXPECT_EQ(refused.code, kExitCouldNotAsk);
  EXPECT_THAT(refused.err, HasSubstr("error USH0101"));
}

}  // namespace
}  // namespace usher
