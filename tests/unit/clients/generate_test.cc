// usher tenant generate: which payments it makes, how it sends them, how it says how far it is.
#include <atomic>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "clients/cli/generate_payments.h"
#include "clients/cli/payment_sender.h"
#include "clients/cli/progress.h"
#include "server/base/catalog_files.h"
#include "tests/unit/clients/fake_ingest.h"

namespace usher {
namespace {

const GeneratedMix kMix{.seed = 1, .prices = {"price_a", "price_b", "price_c", "price_d"}};

TEST(GeneratedPayment, IsTheSameForEver) {
  EXPECT_EQ(
      "tenant_id: \"gen-000001\" provider: \"generated\" reference: \"gen-000001\" outcome: PAYMENT_OUTCOME_SUCCEEDED "
      "price: \"price_b\" subscription_id: \"gen-000001\" period_start { seconds: 1735862400 } period_end { seconds: "
      "2051395200 } occurred_at { seconds: 1735862400 }",
      GeneratedPayment(kMix, 1).ShortDebugString());
}

TEST(GeneratedPayment, TheSeedDecides) {
  GeneratedMix other = kMix;
  other.seed = 2;
  int differ = 0;
  for (int number = 1; number <= 100; ++number) {
    const std::string text = GeneratedPayment(kMix, number).SerializeAsString();
    EXPECT_EQ(text, GeneratedPayment(kMix, number).SerializeAsString());
    if (text != GeneratedPayment(other, number).SerializeAsString()) ++differ;
  }
  EXPECT_GT(differ, 90);
}

TEST(GeneratedPayment, PricesAndDaysAreDrawnEvenly) {
  std::map<std::string, int> prices;
  std::map<std::int64_t, int> days;
  for (int number = 1; number <= 2800; ++number) {
    const v1::RecordPaymentOutcomeRequest payment = GeneratedPayment(kMix, number);
    ++prices[payment.price()];
    ++days[payment.period_start().seconds()];
  }
  ASSERT_EQ(4U, prices.size());
  for (const auto& [price, count] : prices) EXPECT_NEAR(700, count, 100) << price;
  ASSERT_EQ(28U, days.size());
  for (const auto& [day, count] : days) EXPECT_NEAR(100, count, 45) << day;
  EXPECT_EQ(1'735'689'600, days.begin()->first);
}

TEST(GeneratedTenantId, HasAtLeastSixDigits) {
  EXPECT_EQ("gen-000042", GeneratedTenantId(42));
  EXPECT_EQ("gen-1000000", GeneratedTenantId(1'000'000));
}

CatalogPtr LoadText(const std::string& text) { return LoadCatalog({{"plans.yaml", text}}).catalog; }

TEST(CurrentPlanPrices, AreThoseThatSellAPlanNowAndRenew) {
  const auto files = ReadCatalogFiles({"plans.yaml"});
  ASSERT_TRUE(files.ok());
  const CatalogPtr catalog = LoadCatalog(*files).catalog;
  ASSERT_NE(nullptr, catalog);
  const auto prices = CurrentPlanPrices(*catalog);
  ASSERT_TRUE(prices.ok());
  EXPECT_EQ((std::vector<std::string>{"price_1TestEnterprise", "price_1TestGrowthAnnual", "price_1TestGrowthMonthly",
                                      "price_1TestInsight", "price_1TestStarterMonthly"}),
            *prices);
}

TEST(CurrentPlanPrices, ACatalogWithoutAnySaysWhatToDo) {
  const CatalogPtr catalog = LoadText(
      "apiVersion: usher/v1\ncatalog: shop\nfeatures: { sso: { type: boolean } }\n"
      "plans: { pro@1: { entitlements: { sso: true } } }\n"
      "prices: { test: { price_week: { plan: pro@1, interval: once, grants_for: 7d } } }\n");
  ASSERT_NE(nullptr, catalog);
  EXPECT_EQ("the catalog shop has no test price of a plan that is sold now and renews; name prices with --price",
            StatusMessage(CurrentPlanPrices(*catalog).status()));
}

// Answers payments as a test says.
class Recorder final : public v1::IngestService::Service {
 public:
  using Answer = std::function<grpc::Status(const std::string& reference, int asked, v1::Disposition& disposition)>;

  explicit Recorder(Answer answer) : answer_(std::move(answer)) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port).RegisterService(this);
    server_ = builder.BuildAndStart();
    stub_ = v1::IngestService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }
  ~Recorder() override { server_->Shutdown(std::chrono::system_clock::now()); }

  SentPayments Send(std::int64_t total) {
    return SendPayments(
        *stub_, total, [](std::int64_t number) { return GeneratedPayment(kMix, number); },
        [this](std::int64_t answered) { answered_ = answered; });
  }

  std::map<std::string, int> asked() {
    const MutexLock lock(mutex_);
    return asked_;
  }
  std::int64_t answered() const { return answered_; }

 private:
  grpc::Status RecordPaymentOutcome(grpc::ServerContext*, const v1::RecordPaymentOutcomeRequest* request,
                                    v1::RecordPaymentOutcomeResponse* response) override {
    const MutexLock lock(mutex_);
    v1::Disposition disposition = v1::DISPOSITION_APPLIED;
    const grpc::Status status = answer_(request->reference(), ++asked_[request->reference()], disposition);
    response->set_disposition(disposition);
    return status;
  }

  const Answer answer_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::IngestService::Stub> stub_;
  std::int64_t answered_ = 0;

  Mutex mutex_;
  std::map<std::string, int> asked_ ABSL_GUARDED_BY(mutex_);
};

TEST(SendPayments, SendsEachOnceAndCountsWhatBecameOfThem) {
  Recorder recorder([](const std::string& reference, int, v1::Disposition& disposition) {
    if (reference < "gen-000101") disposition = v1::DISPOSITION_DUPLICATE;
    return grpc::Status::OK;
  });
  const SentPayments sent = recorder.Send(300);
  EXPECT_TRUE(sent.failure.ok()) << sent.failure.error_message();
  EXPECT_EQ(200, sent.applied);
  EXPECT_EQ(100, sent.repeated);
  EXPECT_EQ(300, recorder.answered());
  const std::map<std::string, int> asked = recorder.asked();
  EXPECT_EQ(300U, asked.size());
  for (const auto& [reference, count] : asked) EXPECT_EQ(1, count) << reference;
}

TEST(SendPayments, ABusyServerIsAskedAgain) {
  Recorder recorder([](const std::string& reference, int asked, v1::Disposition&) {
    if (reference == "gen-000003" && asked <= 2) return ServerError(grpc::StatusCode::RESOURCE_EXHAUSTED, "OVERLOADED");
    // As gRPC says it when the server has no thread for the call.
    if (reference == "gen-000005" && asked == 1) return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "");
    return grpc::Status::OK;
  });
  const SentPayments sent = recorder.Send(100);
  EXPECT_TRUE(sent.failure.ok()) << sent.failure.error_message();
  EXPECT_EQ(100, sent.applied);
  EXPECT_EQ(3, recorder.asked()["gen-000003"]);
  EXPECT_EQ(2, recorder.asked()["gen-000005"]);
}

TEST(SendPayments, EndsAtTheFirstErrorThatWouldComeAgain) {
  for (const char* reason : {"STORE_FULL", "OUTCOME_CONFLICT"}) {
    Recorder recorder([&](const std::string& reference, int, v1::Disposition&) {
      return reference == "gen-000010" ? ServerError(grpc::StatusCode::RESOURCE_EXHAUSTED, reason) : grpc::Status::OK;
    });
    const SentPayments sent = recorder.Send(100'000);
    EXPECT_EQ("what the server says", sent.failure.error_message());
    EXPECT_EQ(10, sent.failed);
    EXPECT_FALSE(sent.interrupted);
    EXPECT_EQ(1, recorder.asked()["gen-000010"]);
    EXPECT_LT(recorder.asked().size(), 100'000U);
  }
}

TEST(Progress, ATerminalGetsOneLineThatIsDrawnAgain) {
  std::ostringstream out;
  const Progress::Time start{};
  Progress progress(out, true, "tenants", 4000, start);
  progress.Show(1, start + std::chrono::milliseconds(99));
  EXPECT_EQ("", out.str());
  progress.Show(1000, start + std::chrono::seconds(1));
  EXPECT_EQ("\r[#######.......................] 1,000 of 4,000 tenants, 25 %, 1,000/s, 3 s left\x1b[K", out.str());
  progress.Show(1001, start + std::chrono::milliseconds(1050));
  out.str("");
  progress.Clear();
  EXPECT_EQ("\r\x1b[K", out.str());
}

TEST(Progress, ElsewhereALineComesNowAndThen) {
  std::ostringstream out;
  const Progress::Time start{};
  Progress progress(out, false, "tenants", 1'000'000, start);
  progress.Show(40'000, start + std::chrono::milliseconds(9'999));
  EXPECT_EQ("", out.str());
  progress.Show(50'000, start + std::chrono::seconds(10));
  progress.Show(60'000, start + std::chrono::seconds(11));
  EXPECT_EQ("50,000 of 1,000,000 tenants, 5 %, 5,000/s, 3 min 10 s left\n", out.str());
  progress.Clear();
  EXPECT_EQ("50,000 of 1,000,000 tenants, 5 %, 5,000/s, 3 min 10 s left\n", out.str());
}

}  // namespace
}  // namespace usher
