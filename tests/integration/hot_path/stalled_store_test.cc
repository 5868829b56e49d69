// A store that does not answer holds up who needs it, and nobody else.
#include <chrono>
#include <iostream>
#include <thread>
#include <vector>

#include "tests/integration/hot_path/hot_server.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kChecks = 2000;

TEST_F(HotPathTest, ChecksGoOnWhileWritesAndQuestionsAboutThePastHang) {
  Start();
  stalled_->Stall();
  std::thread writing([&] {
    const auto tenants = v1::TenantService::NewStub(channel_);
    grpc::ClientContext context;
    v1::CreateTenantRequest request;
    request.set_tenant_id("late");
    v1::CreateTenantResponse response;
    EXPECT_TRUE(tenants->CreateTenant(&context, request, &response).ok());
  });
  const auto patient = Ask(AboutThePast(), std::chrono::seconds(60));
  ASSERT_TRUE(Eventually([&] { return stalled_->held() == 2; }));

  EXPECT_EQ(Check(AboutThePast(), milliseconds(100)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  steady_clock::duration slowest{0};
  for (int i = 0; i < kChecks; ++i) {
    const auto start = steady_clock::now();
    v1::CheckEntitlementResponse answer;
    const grpc::Status status = Check(AboutSso(), kPatience, &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_TRUE(answer.decision().allowed());
    slowest = std::max(slowest, steady_clock::now() - start);
  }
  std::cout << "stalled store: " << kChecks << " checks, the slowest "
            << std::chrono::duration<double, std::milli>(slowest).count() << " ms\n";
  EXPECT_LT(slowest, std::chrono::seconds(1));

  grpc::ClientContext context;
  v1::ListEntitlementsRequest list;
  list.set_tenant_id("acme");
  v1::ListEntitlementsResponse listed;
  EXPECT_TRUE(stub_->ListEntitlements(&context, list, &listed).ok());
  EXPECT_EQ(listed.entitlements_size(), 2);

  stalled_->GoOn();
  writing.join();
  EXPECT_TRUE(patient->Await().ok()) << patient->Await().error_message();
}

TEST_F(HotPathTest, ThePastAndTheSourcesComeFromTheStore) {
  Start();
  v1::CheckEntitlementResponse answer;
  ASSERT_TRUE(Check(AboutThePast(), kPatience, &answer).ok());
  EXPECT_FALSE(answer.decision().allowed());
  EXPECT_EQ(answer.decision().tenant_version(), 1);
  v1::CheckEntitlementRequest request = AboutSso();
  request.set_include_sources(true);
  ASSERT_TRUE(Check(request, kPatience, &answer).ok());
  EXPECT_TRUE(answer.decision().allowed());
  ASSERT_EQ(answer.decision().sources_size(), 1);
  EXPECT_EQ(answer.decision().sources(0).price(), "price_growth");
  v1::Decision lean = answer.decision();
  lean.clear_sources();
  ASSERT_TRUE(Check(AboutSso(), kPatience, &answer).ok());
  EXPECT_EQ(answer.decision().SerializeAsString(), lean.SerializeAsString());
}

TEST_F(HotPathTest, ItemsOfABatchAgreeWhereverTheyAreAnsweredFrom) {
  Start();
  v1::BatchCheckEntitlementsRequest request;
  for (const char* tenant : {"acme", "nobody", "acme"}) {
    v1::BatchCheckItem& item = *request.add_items();
    item.set_tenant_id(tenant);
    item.set_feature("sso");
    item.set_correlation_id(tenant);
  }
  const auto answer = [&] {
    grpc::ClientContext context;
    v1::BatchCheckEntitlementsResponse response;
    const grpc::Status status = stub_->BatchCheckEntitlements(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  };
  const v1::BatchCheckEntitlementsResponse from_memory = answer();
  request.set_include_sources(true);
  v1::BatchCheckEntitlementsResponse from_store = answer();
  for (v1::BatchCheckResult& result : *from_store.mutable_results()) result.mutable_decision()->clear_sources();
  ASSERT_EQ(from_memory.results_size(), 3);
  EXPECT_TRUE(from_memory.results(0).decision().allowed());
  EXPECT_EQ(from_memory.SerializeAsString(), from_store.SerializeAsString());
}

TEST_F(HotPathTest, WhatWaitsBeyondTheBoundIsRefusedAndChecksAreNot) {
  Start({.slow_threads = 2, .slow_queued = 3});
  stalled_->Stall();
  std::vector<std::unique_ptr<Asking>> asking;
  for (int i = 0; i < 2; ++i) asking.push_back(Ask(AboutThePast(), std::chrono::seconds(60)));
  ASSERT_TRUE(Eventually([&] { return stalled_->held() == 2; }));
  for (int i = 0; i < 8; ++i) asking.push_back(Ask(AboutThePast(), std::chrono::seconds(60)));
  // Two are worked on and three may queue, whichever came first; the other five are told so at once.
  const auto ended = [&] { return std::ranges::count_if(asking, [](const auto& call) { return call->Ended(); }); };
  ASSERT_TRUE(Eventually([&] { return ended() == 5; }));
  ExpectOverloaded(Check(AboutThePast()));
  EXPECT_TRUE(Check(AboutSso()).ok());
  for (const auto& call : asking) {
    if (call->Ended()) ExpectOverloaded(call->Await());
  }
  std::erase_if(asking, [](const auto& call) { return call->Ended(); });
  stalled_->GoOn();
  for (const auto& call : asking) EXPECT_TRUE(call->Await().ok()) << call->Await().error_message();
}

TEST_F(HotPathTest, WhoeverWaitsOnAThreadOfTheirOwnIsBoundedToo) {
  Start();
  stalled_->Stall();
  constexpr int kCalls = 60;
  std::atomic<int> refused = 0;
  std::atomic<int> answered = 0;
  std::vector<std::thread> asking;
  for (int i = 0; i < kCalls; ++i) {
    asking.emplace_back([&] {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
      v1::GetTimelineRequest request;
      request.set_tenant_id("acme");
      v1::GetTimelineResponse response;
      const grpc::Status status = stub_->GetTimeline(&context, request, &response);
      if (status.ok()) {
        ++answered;
      } else {
        ExpectOverloaded(status);
        ++refused;
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return stalled_->held() + refused == kCalls; }));
  EXPECT_GT(refused, 0);
  EXPECT_GT(stalled_->held(), 40);
  EXPECT_TRUE(Check(AboutSso()).ok());
  stalled_->GoOn();
  for (std::thread& thread : asking) thread.join();
  EXPECT_EQ(answered + refused, kCalls);
}

TEST_F(HotPathTest, AnExpiredCallIsNotWorkedOn) {
  Start({.slow_threads = 1});
  stalled_->Stall();
  const auto first = Ask(AboutThePast(), std::chrono::seconds(60));
  ASSERT_TRUE(Eventually([&] { return stalled_->held() == 1; }));
  const int before = stalled_->calls();
  const auto sent = steady_clock::now();
  EXPECT_EQ(Check(AboutThePast(), milliseconds(100)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // The server counts from when it heard of the deadline.
  ASSERT_TRUE(Eventually([&] { return steady_clock::now() > sent + milliseconds(500); }));
  stalled_->GoOn();
  EXPECT_TRUE(first->Await().ok());
  EXPECT_TRUE(Check(AboutThePast()).ok());  // behind the expired one, on the same thread
  EXPECT_EQ(stalled_->calls(), before + 1);
}

}  // namespace
}  // namespace usher
