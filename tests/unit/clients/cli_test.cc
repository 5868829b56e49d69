// The commands of `usher`, before a fake server.
#include <functional>
#include <sstream>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "server/base/visible.h"
#include "tests/unit/clients/fake_ingest.h"
#include "tests/unit/clients/fake_usher.h"
#include "tests/unit/clients/run_usher.h"

namespace usher {
namespace {

v1::CheckEntitlementResponse Held() {
  v1::CheckEntitlementResponse response;
  v1::Decision& decision = *response.mutable_decision();
  decision.set_state(v1::ACCESS_STATE_HELD);
  decision.set_reason(v1::REASON_CODE_AUTHENTICATION_REQUIRED);
  decision.set_feature("sso");
  decision.set_plan("growth@2");
  decision.set_price("price_1");
  decision.mutable_evaluated_at()->set_seconds(1'795'257'600);
  decision.mutable_valid_until()->set_seconds(1'795'257'600 + 86'400);
  decision.set_provisional(true);
  decision.set_tenant_known(true);
  decision.set_tenant_version(3);
  decision.set_generation(1);
  decision.mutable_remedy()->set_kind(v1::REMEDY_KIND_COMPLETE_AUTHENTICATION);
  return response;
}

v1::CheckEntitlementResponse Allowed() {
  v1::CheckEntitlementResponse response;
  response.mutable_decision()->set_allowed(true);
  response.mutable_decision()->set_state(v1::ACCESS_STATE_GRANTED);
  return response;
}

class Cli : public ::testing::Test {
 protected:
  Outcome Ask(const std::string& arguments) { return RunUsher(Words(arguments + " --server " + server_.address())); }

  FakeUsher server_;
};

TEST_F(Cli, TheExitCodeIsTheAnswer) {
  server_.Answer(Allowed());
  EXPECT_EQ(kExitYes, Ask("check acme sso").exit_code);
  server_.Answer(Held());
  EXPECT_EQ(kExitNo, Ask("check acme sso").exit_code);
  EXPECT_EQ(kExitNo, Ask("check acme sso --format json").exit_code);
  v1::ExplainEntitlementResponse explained;
  EXPECT_EQ(kExitNo, Ask("explain acme sso").exit_code);
  explained.mutable_decision()->set_allowed(true);
  server_.Answer(explained);
  EXPECT_EQ(kExitYes, Ask("explain acme sso").exit_code);
}

TEST_F(Cli, WhatTheServerRefusesIsToldInItsWords) {
  server_.Fail(ServerError(grpc::StatusCode::NOT_FOUND, "FEATURE_UNKNOWN", 0, "no feature \"ssi\"; did you mean sso?"));
  const Outcome outcome = Ask("check acme ssi");
  EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code);
  EXPECT_EQ("", outcome.out);
  EXPECT_EQ("usher: no feature \"ssi\"; did you mean sso?\n", outcome.err);
}

struct AskedCase {
  const char* arguments;
  const char* asked;
};

constexpr AskedCase kAsked[] = {
    {"check acme sso", R"(CheckEntitlementRequest tenant_id: "acme" feature: "sso")"},
    {"check acme seats --quantity 0 --usage 7 --at 1970-01-01T00:00:02.500Z",
     R"(CheckEntitlementRequest tenant_id: "acme" feature: "seats" quantity: 0 current_usage: 7 )"
     R"(at { seconds: 2 nanos: 500000000 })"},
    {"explain acme sso --usage 1", R"(ExplainEntitlementRequest tenant_id: "acme" feature: "sso" current_usage: 1)"},
    {"timeline acme", R"(GetTimelineRequest tenant_id: "acme")"},
    {"tenant show acme", R"(GetTenantRequest tenant_id: "acme")"},
    {"tenant get acme", R"(GetTenantRequest tenant_id: "acme")"},
    {"tenant list --limit 7", R"(ListTenantsRequest page_size: 7)"},
    {"tenant create acme --name Acme", R"(CreateTenantRequest tenant_id: "acme" display_name: "Acme")"},
    {"tenant link acme stripe cus_1", R"(LinkTenantRequest tenant_id: "acme" provider: "stripe" external_id: "cus_1")"},
    {"tenant suspend acme --reason abuse", R"(SuspendTenantRequest tenant_id: "acme" reason: "abuse")"},
    {"tenant reinstate acme --reason sorry", R"(ReinstateTenantRequest tenant_id: "acme" reason: "sorry")"},
    {"tenant override set acme sso --on --reason beta",
     R"(PutOverrideRequest tenant_id: "acme" override_id: "sso" feature: "sso" mode: OVERRIDE_MODE_SET )"
     R"(value { boolean: true } reason: "beta")"},
    {"tenant override set acme seats --limit unlimited --id ov1 --subscription sub_1 --from 1970-01-01T00:00:01Z "
     "--until 1970-01-01T00:00:02Z --reason r",
     R"(PutOverrideRequest tenant_id: "acme" override_id: "ov1" feature: "seats" mode: OVERRIDE_MODE_SET )"
     R"(value { limit { unlimited: true } } starts_at { seconds: 1 } expires_at { seconds: 2 } reason: "r" )"
     R"(subscription_id: "sub_1")"},
    {"tenant override set acme support --level priority --reason r",
     R"(PutOverrideRequest tenant_id: "acme" override_id: "support" feature: "support" mode: OVERRIDE_MODE_SET )"
     R"(value { level: "priority" } reason: "r")"},
    {"tenant override set acme regions --values eu,us --reason r",
     R"(PutOverrideRequest tenant_id: "acme" override_id: "regions" feature: "regions" mode: OVERRIDE_MODE_SET )"
     R"(value { set { values: "eu" values: "us" } } reason: "r")"},
    {"tenant override add acme api_calls --included 5 --cap 9 --reason r",
     R"(PutOverrideRequest tenant_id: "acme" override_id: "api_calls" feature: "api_calls" mode: OVERRIDE_MODE_ADD )"
     R"(value { metered { included { amount: 5 } cap { amount: 9 } } } reason: "r")"},
    {"tenant override deny acme sso --reason r",
     R"(PutOverrideRequest tenant_id: "acme" override_id: "sso" feature: "sso" mode: OVERRIDE_MODE_DENY reason: "r")"},
    {"tenant override remove acme ov1 --reason r",
     R"(RemoveOverrideRequest tenant_id: "acme" override_id: "ov1" reason: "r")"},
    {"events list --disposition parked", R"(ListEventsRequest page_size: 50 disposition: DISPOSITION_PARKED)"},
    {"events show evt_1", R"(GetEventRequest provider: "stripe" event_id: "evt_1")"},
    {"events get evt_1", R"(GetEventRequest provider: "stripe" event_id: "evt_1")"},
    {"events redrive evt_1 --provider bank", R"(RedriveEventRequest provider: "bank" event_id: "evt_1")"},
    {"work list", R"(ListWorkRequest page_size: 50)"},
    {"work list --dead --kind boundary --limit 9",
     R"(ListWorkRequest page_size: 9 kind: WORK_KIND_BOUNDARY dead_only: true)"},
    {"work redrive 7", R"(RedriveWorkRequest work_id: 7)"},
    {"work redrive 7 8", R"(RedriveWorkRequest work_id: 8)"},
    {"work redrive --dead", R"(ListWorkRequest page_size: 1000 dead_only: true)"},
    {"work redrive --dead --kind roles", R"(ListWorkRequest page_size: 1000 kind: WORK_KIND_ROLES dead_only: true)"},
    {"clock get", R"(GetTimeRequest )"},
    {"clock set 2026-07-01T00:00:00Z", R"(SetTimeRequest time { seconds: 1782864000 })"},
    {"clock set +1h", R"(SetTimeRequest time { seconds: 3600 })"},
};

TEST_F(Cli, EveryCommandAsksItsQuestion) {
  for (const AskedCase& row : kAsked) {
    const Outcome outcome = Ask(row.arguments);
    EXPECT_EQ("", outcome.err) << row.arguments;
    EXPECT_EQ(row.asked, server_.asked());
  }
}

TEST_F(Cli, GlobalFlagsMayStandBeforeTheCommand) {
  server_.Answer(Allowed());
  EXPECT_EQ(kExitYes, RunUsher(Words("--server " + server_.address() + " --format json check acme sso")).exit_code);
}

TEST_F(Cli, JsonIsTheResponseAsProtobufPrintsIt) {
  server_.Answer(Held());
  const Outcome outcome = Ask("check acme sso --format json");
  v1::CheckEntitlementResponse read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(outcome.out, &read).ok()) << outcome.out;
  EXPECT_EQ(Held().SerializeAsString(), read.SerializeAsString());
  EXPECT_NE(std::string::npos, outcome.out.find("\"allowed\": false")) << "defaults are printed";
  EXPECT_NE(std::string::npos, outcome.out.find("\"tenantVersion\": \"3\""));
}

TEST_F(Cli, ADecisionIsAFewLines) {
  server_.Answer(Held());
  EXPECT_EQ(R"(denied  sso for acme

  state   held
  reason  authentication required: the bank asks the payer to authenticate (3-D Secure)
  plan    growth@2, by price price_1
  until   2026-11-22T10:40:00Z, in 1 day; a payment moves it
  to do   complete the authentication that the bank asks for
  asked   for 2026-11-21T10:40:00Z, ledger version 3, catalog generation 1
)",
            Ask("check acme sso").out);
}

TEST_F(Cli, AnExplanationGoesFromTheFactsToTheAnswer) {
  v1::ExplainEntitlementResponse response;
  *response.mutable_decision() = Held().decision();
  v1::ExplainStep& fact = *response.add_steps();
  fact.set_kind(v1::EXPLAIN_STEP_KIND_FACT);
  fact.set_sentence("Invoice in_1 is open.");
  fact.mutable_at()->set_seconds(1'795'257'600);
  fact.set_provider("stripe");
  fact.set_object_id("in_1");
  fact.set_event_id("evt_1");
  v1::ExplainStep& state = *response.add_steps();
  state.set_kind(v1::EXPLAIN_STEP_KIND_STATE);
  state.set_rule("R9");
  state.set_sentence("The feature is held.");
  server_.Answer(response);
  const std::string out = Ask("explain acme sso").out;
  EXPECT_NE(std::string::npos, out.find(R"(
  fact         Invoice in_1 is open.
               2026-11-21T10:40:00Z, stripe in_1, event evt_1
  state   R9   The feature is held.
)")) << out;
}

TEST_F(Cli, AnEventThatStaysParkedIsANo) {
  v1::RedriveEventResponse response;
  response.set_disposition(v1::DISPOSITION_PARKED);
  response.set_reason("data.object.id: missing");
  server_.Answer(response);
  const Outcome parked = Ask("events redrive evt_1");
  EXPECT_EQ(kExitNo, parked.exit_code);
  EXPECT_EQ("evt_1 is now parked: data.object.id: missing\n", parked.out);
  response.set_disposition(v1::DISPOSITION_APPLIED);
  response.clear_reason();
  server_.Answer(response);
  EXPECT_EQ(kExitYes, Ask("events redrive evt_1").exit_code);
}

TEST_F(Cli, WorkIsATableThatSaysWhyItWasGivenUp) {
  EXPECT_EQ("nothing was given up\n", Ask("work list --dead").out);
  v1::ListWorkResponse response;
  v1::Work& work = *response.add_work();
  work.set_work_id(7);
  work.set_kind(v1::WORK_KIND_BOUNDARY);
  work.set_key("acme");
  work.set_state(v1::WORK_STATE_DEAD);
  work.mutable_due_at()->set_seconds(1'795'257'600);
  work.set_attempts(20);
  work.set_last_error("it is down");
  server_.Answer(response);
  EXPECT_EQ(
      "id  kind      key   state  due                   attempts  last error\n"
      "7   boundary  acme  dead   2026-11-21T10:40:00Z  20        it is down\n",
      Ask("work list --dead").out);
}

v1::ListWorkResponse PageOfWork(std::initializer_list<int> ids, const std::string& next) {
  v1::ListWorkResponse page;
  for (const int id : ids) page.add_work()->set_work_id(id);
  page.set_next_page_token(next);
  return page;
}

TEST_F(Cli, AllDeadLettersAreRedrivenPageByPage) {
  server_.AnswerOnce(PageOfWork({7, 8}, "more"));
  server_.AnswerOnce(v1::RedriveWorkResponse());
  server_.AnswerOnce(v1::RedriveWorkResponse(), grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "it lives"));
  server_.AnswerOnce(PageOfWork({9}, ""));
  const Outcome all = Ask("work redrive --dead");
  EXPECT_EQ(all.out, "2 dead letters are tried again\n");
  EXPECT_EQ(all.err, "");
  EXPECT_EQ(all.exit_code, kExitYes);
  EXPECT_EQ(server_.asked(), "RedriveWorkRequest work_id: 9");
  EXPECT_EQ(Ask("work redrive --dead --format json").out, "{\"redriven\": 0}\n");
}

TEST_F(Cli, RedrivingAllStopsWhenTheServerIsGone) {
  server_.AnswerOnce(PageOfWork({7, 8, 9}, "more"));
  server_.AnswerOnce(v1::RedriveWorkResponse());
  server_.AnswerOnce(v1::RedriveWorkResponse(), grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone"));
  const Outcome all = Ask("work redrive --dead");
  EXPECT_EQ(all.out, "1 dead letter is tried again\n");
  EXPECT_EQ(all.exit_code, kExitCouldNotAsk);
  EXPECT_EQ(server_.asked(), "RedriveWorkRequest work_id: 8");
}

TEST_F(Cli, RedrivingNeedsIdsOrAll) {
  for (const char* arguments : {"work redrive", "work redrive 7 --dead", "work redrive 7 --kind roles"}) {
    EXPECT_EQ(Ask(arguments).exit_code, kExitCouldNotAsk) << arguments;
    EXPECT_EQ(server_.asked(), "") << arguments;
  }
}

TEST_F(Cli, APageOfAListSaysWhetherThereIsMore) {
  EXPECT_EQ("no tenant is known yet\n", Ask("tenant list").out);
  v1::ListTenantsResponse tenants;
  v1::TenantSummary& tenant = *tenants.add_tenants();
  tenant.set_tenant_id("acme");
  tenant.set_version(3);
  tenant.mutable_created_at()->set_seconds(1'795'257'600);
  server_.Answer(tenants);
  const std::string table =
      "tenant  version  known since\n"
      "acme    3        2026-11-21T10:40:00Z\n";
  EXPECT_EQ(table, Ask("tenant list").out);
  tenants.set_next_page_token("t");
  server_.Answer(tenants);
  EXPECT_EQ(table + "there is more: ask with a larger --limit\n", Ask("tenant list").out);
}

TEST_F(Cli, TheClockSaysWhetherItStandsStill) {
  v1::GetTimeResponse response;
  response.mutable_time()->set_seconds(1'795'257'600);
  server_.Answer(response);
  EXPECT_EQ("2026-11-21T10:40:00Z  (stands still)\n", Ask("clock get").out);
  response.set_follows_system(true);
  server_.Answer(response);
  EXPECT_EQ("2026-11-21T10:40:00Z  (the machine's time; it was never set)\n", Ask("clock get").out);
  EXPECT_EQ(kExitCouldNotAsk, Ask("clock set tomorrow").exit_code);
  EXPECT_EQ(kExitCouldNotAsk, Ask("clock set +tomorrow").exit_code);
}

TEST_F(Cli, ATenantShowsItsLinksOverridesAndSuspension) {
  v1::GetTenantResponse response;
  v1::Tenant& tenant = *response.mutable_tenant();
  tenant.set_tenant_id("acme");
  tenant.set_display_name("Acme");
  tenant.set_version(4);
  tenant.set_suspended(true);
  tenant.set_suspension_reason("abuse");
  v1::TenantLink& link = *tenant.add_links();
  link.set_provider("stripe");
  link.set_external_id("cus_1");
  v1::Override& deny = *tenant.add_overrides();
  deny.set_override_id("ov1");
  deny.set_feature("sso");
  deny.set_mode(v1::OVERRIDE_MODE_DENY);
  deny.set_reason("contract");
  server_.Answer(response);
  EXPECT_EQ(R"(acme  Acme

  ledger version  4
  account         stripe cus_1
  suspended       abuse

  override  feature  does  in force         because
  ov1       sso      deny  until removed    contract
)",
            Ask("tenant show acme").out);
}

constexpr char kSteering[] = "x\x1b]0;owned\x07\r\nFORGED\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6";

// Sets every text within `message`; one element in every list.
void FillTexts(google::protobuf::Message& message, int depth = 0) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    const bool is_message = field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING) {
      if (field->is_repeated()) reflection.AddString(&message, field, kSteering);
      if (!field->is_repeated()) reflection.SetString(&message, field, kSteering);
    }
    if (!is_message || depth > 6) continue;
    FillTexts(
        field->is_repeated() ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field),
        depth + 1);
  }
}

// What of `text` steers a terminal, line feeds apart; and lines that only a text of the server can begin.
std::string Steering(const std::string& text) {
  std::string found;
  for (const std::string_view part :
       {"\x1b", "\x07", "\r", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6", "\nFORGED"}) {
    if (text.find(part) != std::string::npos) found += Visible(part) + " ";
  }
  return found;
}

template <typename Response>
Response Filled() {
  Response response;
  FillTexts(response);
  return response;
}

struct SteeringCase {
  const char* arguments;
  std::function<void(FakeUsher&)> answer;
};

TEST_F(Cli, NoTextOfTheServerSteersTheTerminal) {
  v1::PutOverrideResponse put = Filled<v1::PutOverrideResponse>();
  put.mutable_override()->set_mode(v1::OVERRIDE_MODE_SET);
  const SteeringCase kCases[] = {
      {"check acme sso", [](FakeUsher& fake) { fake.Answer(Filled<v1::CheckEntitlementResponse>()); }},
      {"explain acme sso", [](FakeUsher& fake) { fake.Answer(Filled<v1::ExplainEntitlementResponse>()); }},
      {"timeline acme", [](FakeUsher& fake) { fake.Answer(Filled<v1::GetTimelineResponse>()); }},
      {"tenant show acme", [](FakeUsher& fake) { fake.Answer(Filled<v1::GetTenantResponse>()); }},
      {"tenant list", [](FakeUsher& fake) { fake.Answer(Filled<v1::ListTenantsResponse>()); }},
      {"tenant override deny acme sso --reason r", [&](FakeUsher& fake) { fake.Answer(put); }},
      {"events list", [](FakeUsher& fake) { fake.Answer(Filled<v1::ListEventsResponse>()); }},
      {"events show evt_1", [](FakeUsher& fake) { fake.Answer(Filled<v1::GetEventResponse>()); }},
      {"events redrive evt_1", [](FakeUsher& fake) { fake.Answer(Filled<v1::RedriveEventResponse>()); }},
  };
  for (const SteeringCase& row : kCases) {
    row.answer(server_);
    const Outcome table = Ask(row.arguments);
    EXPECT_NE(std::string::npos, table.out.find("x\\u001b]0;owned")) << row.arguments << "\n" << table.out;
    EXPECT_EQ("", Steering(table.out)) << row.arguments;
    const Outcome json = Ask(row.arguments + std::string(" --format json"));
    EXPECT_NE(std::string::npos, json.out.find("x\\u001b]0;owned")) << row.arguments << "\n" << json.out;
    EXPECT_EQ("", Steering(json.out)) << row.arguments;
  }
}

TEST_F(Cli, NoArgumentAndNoErrorSteersTheTerminal) {
  server_.Fail(ServerError(grpc::StatusCode::NOT_FOUND, "FEATURE_UNKNOWN", 0, kSteering));
  const Outcome refused = Ask("check acme sso");
  EXPECT_NE(std::string::npos, refused.err.find("x\\u001b]0;owned")) << refused.err;
  EXPECT_EQ("", Steering(refused.err));
  server_.Fail(grpc::Status::OK);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check", kSteering, "sso"},
        {"explain", kSteering, "sso"},
        {"timeline", kSteering},
        {"events", "redrive", kSteering},
        {"tenant", "override", "remove", "acme", kSteering, "--reason", "r"},
        {"check", "acme", "sso", "--at", kSteering},
        {"catalog", "resolve", kSteering},
        {"stripe", "dry-run", kSteering},
        {kSteering}}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--server", server_.address()});
    const Outcome outcome = RunUsher(all);
    EXPECT_EQ("", Steering(outcome.out + outcome.err)) << arguments[0];
    EXPECT_NE(std::string::npos, (outcome.out + outcome.err).find("x\\u001b]0;owned")) << arguments[0];
  }
}

TEST(CliQuickstart, ShowsACallAndWhatToDoForADeniedPayer) {
  const Outcome outcome = RunUsher({"quickstart"});
  EXPECT_EQ(kExitYes, outcome.exit_code);
  for (const char* part :
       {"curl -s http://127.0.0.1:7481/usher.v1.EntitlementService/CheckEntitlement", "EntitlementService::NewStub",
        "Paid in Stripe, but denied?", "usher explain TENANT FEATURE", "usher events list --disposition parked"}) {
    EXPECT_NE(std::string::npos, outcome.out.find(part)) << part;
  }
}

TEST(CliStory, NeedsTheSecretOfTheServer) {
  unsetenv("USHER_STRIPE_WEBHOOK_SECRET");
  const Outcome outcome = RunUsher(Words("story --secret-file /nonexistent"));
  EXPECT_EQ(kExitCouldNotAsk, outcome.exit_code);
  EXPECT_NE(std::string::npos, outcome.err.find("--secret-file"));
}

TEST(CliHelp, ListsTheCommandsButNotTheDemonstration) {
  const Outcome outcome = RunUsher({"--help"});
  EXPECT_EQ(kExitYes, outcome.exit_code);
  for (const char* command : {"check", "explain", "timeline", "tenant, tenants", "events", "quickstart", "catalog"}) {
    EXPECT_NE(std::string::npos, outcome.out.find(std::string("\n  ") + command + " ")) << command;
  }
  EXPECT_EQ(std::string::npos, outcome.out.find("story"));
}

}  // namespace
}  // namespace usher
