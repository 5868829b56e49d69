#include "tests/bench/questions.h"

#include <random>

#include "clients/cli/generate_payments.h"
#include "tests/bench/echo.pb.h"
#include "tests/bench/sizes.h"
#include "usher/v1/entitlement.pb.h"
#include "usher/v1/ingest.pb.h"

namespace usher::bench {
namespace {

// So many that they do not fit into a cache together with what answers them.
constexpr int kChecks = 50'000;
constexpr int kBatches = 500;
constexpr int kItems = 100;
constexpr std::uint64_t kSeed = 1;

class Draw {
 public:
  explicit Draw(const QuestionOptions& options) : options_(options) {}

  std::string Tenant() {
    return GeneratedTenantId(std::uniform_int_distribution<std::int64_t>(1, options_.tenants)(random_));
  }
  const std::string& Feature() { return options_.features[random_() % options_.features.size()]; }

 private:
  const QuestionOptions& options_;
  std::mt19937_64 random_{kSeed};
};

std::string OneCheck(Draw& draw) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id(draw.Tenant());
  request.set_feature(draw.Feature());
  return request.SerializeAsString();
}

std::string OneBatch(Draw& draw) {
  v1::BatchCheckEntitlementsRequest request;
  for (int i = 0; i < kItems; ++i) {
    v1::BatchCheckItem& item = *request.add_items();
    item.set_correlation_id(std::to_string(i));
    item.set_tenant_id(draw.Tenant());
    item.set_feature(draw.Feature());
  }
  return request.SerializeAsString();
}

}  // namespace

std::string MethodOf(Kind kind) {
  switch (kind) {
    case Kind::kEcho: return "/usher.bench.EchoService/Echo";
    case Kind::kCheck: return "/usher.v1.EntitlementService/CheckEntitlement";
    case Kind::kBatch: return "/usher.v1.EntitlementService/BatchCheckEntitlements";
    case Kind::kRecord: return "/usher.v1.IngestService/RecordPaymentOutcome";
  }
  return "";
}

Questions::Questions(const QuestionOptions& options) : options_(options) {
  Draw draw(options_);
  switch (options_.kind) {
    case Kind::kEcho: {
      EchoRequest request;
      request.set_payload(std::string(PayloadBytes(options_.request_bytes), 'x'));
      made_.push_back(request.SerializeAsString());
      break;
    }
    case Kind::kCheck:
      for (int i = 0; i < kChecks; ++i) made_.push_back(OneCheck(draw));
      break;
    case Kind::kBatch:
      for (int i = 0; i < kBatches; ++i) made_.push_back(OneBatch(draw));
      break;
    case Kind::kRecord: break;
  }
}

std::string Questions::At(std::int64_t number) const {
  if (options_.kind != Kind::kRecord) return made_[static_cast<std::size_t>(number) % made_.size()];
  return GeneratedPayment({.seed = kSeed, .prices = options_.prices}, options_.first + number).SerializeAsString();
}

bool IsGoodAnswer(Kind kind, const std::string& response) {
  switch (kind) {
    case Kind::kEcho: return true;
    case Kind::kCheck: {
      v1::CheckEntitlementResponse answer;
      return answer.ParseFromString(response) && answer.decision().tenant_known();
    }
    case Kind::kBatch: {
      v1::BatchCheckEntitlementsResponse answer;
      if (!answer.ParseFromString(response) || answer.results_size() != kItems) return false;
      for (const v1::BatchCheckResult& result : answer.results()) {
        if (!result.decision().tenant_known()) return false;
      }
      return true;
    }
    case Kind::kRecord: {
      v1::RecordPaymentOutcomeResponse answer;
      return answer.ParseFromString(response) && answer.disposition() == v1::DISPOSITION_APPLIED;
    }
  }
  return false;
}

}  // namespace usher::bench
