// How long an event takes to be visible: records payments one after the other, and checks from the moment of the answer
// until the tenant has what it paid for. Prints JSON.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <grpcpp/grpcpp.h>

#include "clients/cli/generate_payments.h"
#include "tests/bench/key_file.h"
#include "tests/bench/measured.h"
#include "usher/v1/entitlement.grpc.pb.h"
#include "usher/v1/ingest.grpc.pb.h"

namespace usher::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string server;
  std::string authorization;
  std::vector<std::string> prices;
  std::string feature;
  std::int64_t first = 1;
  std::int64_t events = 500;
};

struct Visible {
  std::vector<float> from_answer_us;
  std::vector<float> from_sending_us;
};

float MicrosSince(Clock::time_point from) {
  return std::chrono::duration<float, std::micro>(Clock::now() - from).count();
}

void Authorize(grpc::ClientContext& context, const Options& options) {
  if (!options.authorization.empty()) context.AddMetadata("authorization", options.authorization);
}

grpc::Status CheckUntilAllowed(v1::EntitlementService::Stub& entitlements, const Options& options,
                               const std::string& tenant) {
  v1::CheckEntitlementRequest request;
  request.set_tenant_id(tenant);
  request.set_feature(options.feature);
  v1::CheckEntitlementResponse response;
  while (!response.decision().tenant_known()) {
    grpc::ClientContext context;
    Authorize(context, options);
    const grpc::Status status = entitlements.CheckEntitlement(&context, request, &response);
    if (!status.ok()) return status;
  }
  return grpc::Status::OK;
}

grpc::Status Measure(const Options& options, Visible& visible) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto channel = grpc::CreateCustomChannel(options.server, grpc::InsecureChannelCredentials(), arguments);
  const auto ingest = v1::IngestService::NewStub(channel);
  const auto entitlements = v1::EntitlementService::NewStub(channel);
  const GeneratedMix mix{.seed = 1, .prices = options.prices};
  for (std::int64_t i = 0; i < options.events; ++i) {
    const v1::RecordPaymentOutcomeRequest request = GeneratedPayment(mix, options.first + i);
    v1::RecordPaymentOutcomeResponse response;
    grpc::ClientContext context;
    Authorize(context, options);
    const Clock::time_point sent = Clock::now();
    grpc::Status status = ingest->RecordPaymentOutcome(&context, request, &response);
    if (!status.ok()) return status;
    const Clock::time_point answered = Clock::now();
    status = CheckUntilAllowed(*entitlements, options, request.tenant_id());
    if (!status.ok()) return status;
    visible.from_answer_us.push_back(MicrosSince(answered));
    visible.from_sending_us.push_back(MicrosSince(sent));
  }
  return grpc::Status::OK;
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
  usher::bench::Options options;
  std::string key_file;
  CLI::App app("Measures how long an event takes to be visible to checks.", "visible");
  app.add_option("--server", options.server, "HOST:PORT")->required();
  app.add_option("--key-file", key_file, "holds the API key to show");
  app.add_option("--prices", options.prices, "to pay")->delimiter(',')->required();
  app.add_option("--feature", options.feature, "to check")->required();
  app.add_option("--first", options.first, "the first tenant that pays");
  app.add_option("--events", options.events);
  CLI11_PARSE(app, argc, argv);
  options.authorization = usher::bench::Authorization(key_file);
  usher::bench::Visible visible;
  const grpc::Status status = usher::bench::Measure(options, visible);
  if (!status.ok()) {
    std::cerr << "visible: " << status.error_message() << "\n";
    return 2;
  }
  using usher::bench::Quantile;
  std::cout << "{\"events\": " << visible.from_answer_us.size()
            << ", \"p50_us\": " << Quantile(visible.from_answer_us, 0.5)
            << ", \"p99_us\": " << Quantile(visible.from_answer_us, 0.99)
            << ", \"sent_p50_us\": " << Quantile(visible.from_sending_us, 0.5)
            << ", \"sent_p99_us\": " << Quantile(visible.from_sending_us, 0.99) << "}\n";
  return 0;
}
