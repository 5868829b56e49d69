// What callers of IngestService and EventService are promised, over every transport.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rpc_fixture.h"
#include "tests/support/http_client.h"

namespace usher {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;

using IngestRpcTest = RpcTest;

INSTANTIATE_TEST_SUITE_P(Over, IngestRpcTest, testing::ValuesIn(kTransports),
                         [](const auto& row) { return std::string(TransportName(row.param)); });

TEST_P(IngestRpcTest, ARepeatedWebhookChangesNothing) {
  const std::string body = PaidInvoice();
  Relay(body);
  EXPECT_EQ(Relay(body).disposition(), v1::DISPOSITION_DUPLICATE);
  EXPECT_EQ(Check("acme", "sso").tenant_version(), 1);
}

TEST_P(IngestRpcTest, AForgedOrStaleWebhookIsRefusedAndNotStored) {
  const std::string body = PaidInvoice();
  const Reply forged =
      Fail<v1::RelayWebhookResponse>("IngestService/RelayWebhook", Signed(body, now_, "whsec_of_somebody_else"));
  EXPECT_EQ(forged.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(forged.reason, v1::ERROR_REASON_SIGNATURE_INVALID);
  const Reply stale =
      Fail<v1::RelayWebhookResponse>("IngestService/RelayWebhook", Signed(body, now_ - 400, kTestWebhookSecret));
  EXPECT_EQ(stale.reason, v1::ERROR_REASON_SIGNATURE_STALE);
  v1::RelayWebhookRequest other = Signed(body, now_, kTestWebhookSecret);
  other.set_provider("stripey");
  EXPECT_EQ(Fail<v1::RelayWebhookResponse>("IngestService/RelayWebhook", other).reason,
            v1::ERROR_REASON_PROVIDER_UNKNOWN);
  EXPECT_EQ(Call<v1::ListEventsResponse>("EventService/ListEvents", v1::ListEventsRequest()).events_size(), 0);
}

TEST_P(IngestRpcTest, EventsCanBeReadAndOnlyParkedOnesRedriven) {
  const std::string id = Relay(PaidInvoice()).event_id();
  const v1::RelayWebhookResponse parked =
      Relay(R"({"id":"evt_odd","object":"event","type":"invoice.paid","created":1})");
  EXPECT_EQ(parked.disposition(), v1::DISPOSITION_PARKED);
  EXPECT_NE(parked.reason(), "");
  const v1::RelayWebhookResponse ignored =
      Relay(R"({"id":"evt_new","object":"event","type":"ping","created":1,"livemode":false,"data":{"object":{}}})");
  EXPECT_EQ(ignored.disposition(), v1::DISPOSITION_IGNORED);

  v1::ListEventsRequest list;
  list.set_page_size(2);
  const auto first = Call<v1::ListEventsResponse>("EventService/ListEvents", list);
  ASSERT_EQ(first.events_size(), 2);
  EXPECT_EQ(first.events(0).event_id(), "evt_new");
  list.set_page_token(first.next_page_token());
  const auto second = Call<v1::ListEventsResponse>("EventService/ListEvents", list);
  ASSERT_EQ(second.events_size(), 1);
  EXPECT_EQ(second.events(0).event_id(), id);
  EXPECT_EQ(second.next_page_token(), "");
  list.set_disposition(v1::DISPOSITION_PARKED);
  EXPECT_EQ(Fail<v1::ListEventsResponse>("EventService/ListEvents", list).reason, v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  list.clear_page_token();
  EXPECT_EQ(Call<v1::ListEventsResponse>("EventService/ListEvents", list).events_size(), 1);

  v1::GetEventRequest get;
  get.set_provider("stripe");
  get.set_event_id(id);
  const auto got = Call<v1::GetEventResponse>("EventService/GetEvent", get);
  ASSERT_EQ(got.deliveries_size(), 1);
  EXPECT_THAT(got.deliveries(0).tenant_ids(), ElementsAre("acme"));
  get.set_event_id("evt_none");
  EXPECT_EQ(Fail<v1::GetEventResponse>("EventService/GetEvent", get).reason, v1::ERROR_REASON_EVENT_UNKNOWN);

  v1::RedriveEventRequest redrive;
  redrive.set_provider("stripe");
  redrive.set_event_id("evt_odd");
  EXPECT_EQ(Call<v1::RedriveEventResponse>("EventService/RedriveEvent", redrive).disposition(), v1::DISPOSITION_PARKED);
  redrive.set_event_id(id);
  EXPECT_EQ(Fail<v1::RedriveEventResponse>("EventService/RedriveEvent", redrive).reason,
            v1::ERROR_REASON_EVENT_NOT_PARKED);
}

std::string EmptyEvent(const std::string& id, const std::string& livemode, const std::string& more = "") {
  return R"({"id":")" + id + R"(","object":"event","type":"ping","created":1,"livemode":)" + livemode + more +
         R"(,"data":{"object":{}}})";
}

TEST_P(IngestRpcTest, ForeignEventsStandOnReadyzWithWhatToDo) {
  const std::string before = HttpCall(server_.http_port(), "GET", "/readyz").body;
  EXPECT_THAT(before, HasSubstr(R"("warnings":[])"));
  EXPECT_THAT(before, HasSubstr(R"("events_ignored_foreign_livemode":0,"events_ignored_foreign_account":0)"));

  Relay(EmptyEvent("evt_ours", "false"));
  for (const char* id : {"evt_live", "evt_live", "evt_live_too"}) Relay(EmptyEvent(id, "true"));
  Relay(EmptyEvent("evt_connected", "false", R"(,"account":"acct_1")"));
  for (int start = 0; start < 2; ++start) {
    const HttpReply ready = HttpCall(server_.http_port(), "GET", "/readyz");
    EXPECT_EQ(ready.status, 200) << "a foreign endpoint does not take the server out of traffic";
    EXPECT_THAT(ready.body, HasSubstr(R"("events_ignored":4,"events_ignored_foreign_livemode":2,)"
                                      R"("events_ignored_foreign_account":1)"));
    EXPECT_THAT(ready.body, ContainsRegex(R"("events_ignored_foreign_livemode","message":"ignored 2, the last )"
                                          R"(received at 20[0-9TZ:.-]*: a webhook endpoint of Stripe's live mode)"));
    EXPECT_THAT(ready.body, HasSubstr("start it with USHER_STRIPE_LIVEMODE=true"));
    EXPECT_THAT(ready.body, HasSubstr("connected account `acct_1`"));
    EXPECT_EQ(server_.Restart(), 0);
  }
}

TEST_P(IngestRpcTest, ARecordedOutcomeGrantsOnce) {
  EXPECT_EQ(Record(Outcome("buyer", "order-1")).disposition(), v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Check("buyer", "sso").reason(), v1::REASON_CODE_OUTCOME_RECORDED);
  v1::RecordPaymentOutcomeRequest unknown = Outcome("buyer", "order-2");
  unknown.set_price("price_nope");
  EXPECT_EQ(Fail<v1::RecordPaymentOutcomeResponse>("IngestService/RecordPaymentOutcome", unknown).reason,
            v1::ERROR_REASON_PRICE_UNKNOWN);
  v1::RecordPaymentOutcomeRequest odd = Outcome("buyer", "order 3");
  odd.set_provider("stripe");
  odd.clear_outcome();
  odd.set_quantity(0);
  odd.mutable_period_start()->set_seconds(now_);
  odd.mutable_occurred_at()->set_seconds(now_ + 3600);
  EXPECT_THAT(Fail<v1::RecordPaymentOutcomeResponse>("IngestService/RecordPaymentOutcome", odd).violations,
              ElementsAre("provider", "reference", "outcome", "quantity", "period_end", "occurred_at"));
}

TEST_P(IngestRpcTest, AReferenceNamesOnePayment) {
  constexpr char kRecord[] = "IngestService/RecordPaymentOutcome";
  Record(Outcome("ra", "order-1"));
  const Reply other = Fail<v1::RecordPaymentOutcomeResponse>(kRecord, Outcome("rb", "order-1"));
  EXPECT_EQ(other.code, absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(other.reason, v1::ERROR_REASON_OUTCOME_CONFLICT);
  EXPECT_EQ(other.metadata.at("reference"), "order-1");
  EXPECT_FALSE(Check("rb", "sso").tenant_known());
  v1::RecordPaymentOutcomeRequest more = Outcome("ra", "order-1");
  more.set_quantity(2);
  EXPECT_EQ(Fail<v1::RecordPaymentOutcomeResponse>(kRecord, more).reason, v1::ERROR_REASON_OUTCOME_CONFLICT);
}

TEST_P(IngestRpcTest, ASuccessWithoutPeriodNeedsAPriceThatIsSoldOnce) {
  v1::RecordPaymentOutcomeRequest request = Outcome("buyer", "order-1");
  request.set_price("price_pro");
  const Reply refused = Fail<v1::RecordPaymentOutcomeResponse>("IngestService/RecordPaymentOutcome", request);
  EXPECT_EQ(refused.reason, v1::ERROR_REASON_MALFORMED_REQUEST);
  EXPECT_THAT(refused.violations, ElementsAre("period_start"));
  request.mutable_period_start()->set_seconds(now_ - 60);
  request.mutable_period_end()->set_seconds(now_ + 86400);
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_APPLIED);
  EXPECT_TRUE(Check("buyer", "sso").allowed());
}

TEST_P(IngestRpcTest, TheSameRecordTwiceIsADuplicate) {
  v1::RecordPaymentOutcomeRequest request = Outcome("buyer", "order-1");
  request.mutable_occurred_at()->set_seconds(now_ - 5);
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_DUPLICATE);
  request = Outcome("buyer", "order-2");  // without a time of its own
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Record(request).disposition(), v1::DISPOSITION_DUPLICATE);
}

TEST_P(IngestRpcTest, WhatWasAcknowledgedSurvivesARestart) {
  const std::string revision = Relay(PaidInvoice()).revision();
  EXPECT_EQ(server_.Restart(), 0);
  client_ = MakeServerClient(GetParam(), server_.grpc_port(), server_.http_port());
  EXPECT_TRUE(Check("acme", "sso", revision).allowed());
}

}  // namespace
}  // namespace usher
