// A key's life: made once, shown once, kept as a hash, revoked at once.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/api_key.h"
#include "tests/integration/callers/caller.h"
#include "tests/support/http_client.h"
#include "tests/support/run_program.h"

namespace usher {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kCheckPath[] = "/usher.v1.EntitlementService/CheckEntitlement";

template <class Response, class Request>
Response Must(const RunningServer& server, const std::string& method, const Request& request) {
  const Reply reply = CallerWith(server, server.admin_key())
                          ->Call("usher.v1.KeyService/" + method, request, std::make_shared<Response>());
  EXPECT_TRUE(reply.ok()) << method << ": " << reply.message;
  return reply.ok() ? static_cast<const Response&>(*reply.response) : Response();
}

TEST(InitTest, TheFirstAdminKeyIsMadeOnce) {
  const TemporaryFolder folder;
  const std::string store = "sqlite:" + folder.File("usher.db");
  const Ended first = RunProgram("usherd", {"init", "--store", store});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  ASSERT_EQ(first.out.size(), 44u) << first.out;  // the key and a line end: `usherd init > FILE` is a key file
  EXPECT_TRUE(IsWellFormedApiKey(first.out.substr(0, 43)));
  EXPECT_THAT(first.err, Not(HasSubstr(first.out.substr(0, 43))));
  const Ended second = RunProgram("usherd", {"init", "--store", store});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_EQ(second.out, "");
  EXPECT_THAT(second.err, HasSubstr("usher keys create"));
  EXPECT_THAT(second.err, HasSubstr("--replace"));
}

TEST(InitTest, ALostAdminKeyIsReplaced) {
  RunningServer server(ServerSetup{.keys = true});
  const std::string check_key = MakeKey(server, {Scope::kCheck}).secret();
  const std::string admin_of_acme = MakeKey(server, {Scope::kAdmin}, "acme").secret();
  Ended again;
  server.Restart([&] { again = RunProgram("usherd", {"init", "--replace"}, {{"USHER_STORE", server.store()}}); });
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(CheckAcme(server, server.admin_key()).reason, v1::ERROR_REASON_CREDENTIALS_REVOKED);
  EXPECT_EQ(CheckAcme(server, admin_of_acme).reason, v1::ERROR_REASON_CREDENTIALS_REVOKED);
  EXPECT_TRUE(CheckAcme(server, again.out.substr(0, 43)).ok());
  EXPECT_TRUE(CheckAcme(server, check_key).ok());
}

TEST(InitTest, WithoutReplaceItRevokesNothing) {
  RunningServer server(ServerSetup{.keys = true});
  const std::string admin_of_acme = MakeKey(server, {Scope::kAdmin}, "acme").secret();
  const v1::ListKeysResponse keys = Must<v1::ListKeysResponse>(server, "ListKeys", v1::ListKeysRequest());
  v1::RevokeKeyRequest revoke;
  revoke.set_key_id(keys.keys(0).key_id());  // the one admin key that is bound to no tenant
  Must<v1::RevokeKeyResponse>(server, "RevokeKey", revoke);
  Ended again;
  server.Restart([&] { again = RunProgram("usherd", {"init"}, {{"USHER_STORE", server.store()}}); });
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(CheckAcme(server, again.out.substr(0, 43)).ok());
  EXPECT_TRUE(CheckAcme(server, admin_of_acme).ok());
}

TEST(InitTest, BesideARunningServerItIsRefusedAndTheServersOwnWayIsNamed) {
  RunningServer server(ServerSetup{.keys = true});
  const Ended refused = RunProgram("usherd", {"init", "--replace", "--store", server.store()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("served by process " + std::to_string(server.process().pid())));
  EXPECT_THAT(refused.err, HasSubstr("usher keys create"));
  EXPECT_TRUE(CheckAcme(server, server.admin_key()).ok()) << "nothing was revoked";
}

TEST(KeysTest, AnEmptyTenantIsNoKeyForAll) {
  const Ended refused = RunProgram("usher", {"keys", "create", "shop", "--scope", "check", "--tenant", ""});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--tenant: expected a tenant, found nothing"));
}

TEST(InitTest, WrongArgumentsAreNamed) {
  EXPECT_EQ(RunProgram("usherd", {"init", "--help"}).exit_code, 0);
  const Ended unknown = RunProgram("usherd", {"init", "--stor", "x"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(RunProgram("usherd", {"init", "--store", "mysql://x"}).err, HasSubstr("--store: expected sqlite:PATH"));
  EXPECT_EQ(RunProgram("usherd", {"init", "--store", "sqlite:/nonexistent/usher.db"}).exit_code, 2);
}

TEST(InitTest, WhatIsNoPlaceForAStoreGetsNoLock) {
  const TemporaryFolder folder;
  const std::string inner = folder.File("inner");
  std::filesystem::create_directory(inner);
  const std::string text = folder.File("text");
  std::ofstream(text) << "this is no database at all";
  for (const std::string& path : {inner, text}) {
    const Ended refused = RunProgram("usherd", {"init", "--store", "sqlite:" + path});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--store: " + path + " is "));
    EXPECT_FALSE(std::filesystem::exists(path + ".lock"));
  }
}

TEST(KeysTest, AServerWithoutAnAdminKeySaysWhatToDo) {
  RunningServer server(ServerSetup{.keys = true});
  const v1::ListKeysResponse keys = Must<v1::ListKeysResponse>(server, "ListKeys", v1::ListKeysRequest());
  ASSERT_EQ(keys.keys_size(), 1);
  v1::RevokeKeyRequest revoke;
  revoke.set_key_id(keys.keys(0).key_id());
  Must<v1::RevokeKeyResponse>(server, "RevokeKey", revoke);
  server.Restart();
  EXPECT_THAT(server.process().errors(), HasSubstr("usherd init --store sqlite:"));
}

TEST(KeysTest, AKeyIsShownOnceAndKeptAsAHash) {
  RunningServer server(ServerSetup{.keys = true});
  const v1::CreateKeyResponse made = MakeKey(server, {Scope::kCheck, Scope::kIngest}, "acme");
  EXPECT_TRUE(IsWellFormedApiKey(made.secret()));
  EXPECT_THAT(made.key().created_by(), HasSubstr("(admin)"));
  const v1::ListKeysResponse keys = Must<v1::ListKeysResponse>(server, "ListKeys", v1::ListKeysRequest());
  ASSERT_EQ(keys.keys_size(), 2);
  EXPECT_EQ(keys.keys(0).created_by(), "usherd init");
  EXPECT_EQ(keys.keys(1).SerializeAsString(), made.key().SerializeAsString());
  EXPECT_THAT(keys.DebugString(), Not(HasSubstr("usk_")));
  server.Restart();
  EXPECT_TRUE(CheckAcme(server, made.secret()).ok());
  server.process().Signal(SIGTERM);
  server.process().WaitForExit();
  std::ostringstream stored;
  for (const char* file : {"usher.db", "usher.db-wal"}) stored << std::ifstream(server.folder().File(file)).rdbuf();
  for (const std::string& secret : {made.secret(), server.admin_key()}) {
    EXPECT_THAT(stored.str(), Not(HasSubstr(secret.substr(4))));
    EXPECT_THAT(server.process().errors(), Not(HasSubstr(secret.substr(4))));
  }
}

TEST(KeysTest, ListsComeInPages) {
  RunningServer server(ServerSetup{.keys = true});
  MakeKey(server, {Scope::kCheck});
  v1::ListKeysRequest request;
  request.set_page_size(1);
  const auto first = Must<v1::ListKeysResponse>(server, "ListKeys", request);
  ASSERT_EQ(first.keys_size(), 1);
  request.set_page_token(first.next_page_token());
  const auto second = Must<v1::ListKeysResponse>(server, "ListKeys", request);
  ASSERT_EQ(second.keys_size(), 1);
  EXPECT_NE(second.keys(0).key_id(), first.keys(0).key_id());
  EXPECT_EQ(second.next_page_token(), "");
}

TEST(KeysTest, MalformedRequestsAreRefusedByField) {
  RunningServer server(ServerSetup{.keys = true});
  v1::CreateKeyRequest request;
  request.set_name("two words");
  request.add_scopes(v1::KEY_SCOPE_UNSPECIFIED);
  request.set_tenant_id("a b");
  request.mutable_expires_at()->set_seconds(1);
  const auto admin = CallerWith(server, server.admin_key());
  const Reply refused =
      admin->Call("usher.v1.KeyService/CreateKey", request, std::make_shared<v1::CreateKeyResponse>());
  EXPECT_THAT(refused.violations, testing::UnorderedElementsAre("name", "scopes", "tenant_id", "expires_at"));
  for (int i = 1; i < v1::KeyScope_descriptor()->value_count(); ++i) {
    const std::string name = v1::KeyScope_descriptor()->value(i)->name();
    EXPECT_THAT(refused.message, HasSubstr(name.substr(name.rfind('_') + 1)));
  }
  v1::RevokeKeyRequest revoke;
  revoke.set_key_id("key_nope");
  EXPECT_EQ(admin->Call("usher.v1.KeyService/RevokeKey", revoke, std::make_shared<v1::RevokeKeyResponse>()).reason,
            v1::ERROR_REASON_KEY_UNKNOWN);
}

TEST(KeysTest, ARevokedKeyIsRefusedFromTheNextCallOnAndAfterARestart) {
  RunningServer server(ServerSetup{.keys = true});
  const v1::CreateKeyResponse made = MakeKey(server, {Scope::kCheck});
  for (const Transport transport : kTransports) EXPECT_TRUE(CheckAcme(server, made.secret(), transport).ok());
  v1::RevokeKeyRequest revoke;
  revoke.set_key_id(made.key().key_id());
  EXPECT_TRUE(Must<v1::RevokeKeyResponse>(server, "RevokeKey", revoke).key().has_revoked_at());
  for (const Transport transport : kTransports) {
    EXPECT_EQ(CheckAcme(server, made.secret(), transport).reason, v1::ERROR_REASON_CREDENTIALS_REVOKED);
  }
  server.Restart();
  EXPECT_EQ(CheckAcme(server, made.secret()).reason, v1::ERROR_REASON_CREDENTIALS_REVOKED);
}

TEST(KeysTest, AnExpiredKeyIsRefused) {
  RunningServer server(ServerSetup{.keys = true});
  v1::CreateKeyRequest request;
  request.set_name("brief");
  request.add_scopes(v1::KEY_SCOPE_CHECK);
  const auto soon = std::chrono::system_clock::now() + std::chrono::seconds(2);
  request.mutable_expires_at()->set_seconds(std::chrono::system_clock::to_time_t(soon));
  const std::string key = Must<v1::CreateKeyResponse>(server, "CreateKey", request).secret();
  EXPECT_TRUE(CheckAcme(server, key).ok());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  Reply reply = CheckAcme(server, key);
  while (reply.ok() && std::chrono::steady_clock::now() < deadline) reply = CheckAcme(server, key);
  EXPECT_EQ(reply.reason, v1::ERROR_REASON_CREDENTIALS_EXPIRED);
}

TEST(KeysTest, HealthNeedsNoKeyAndTheReasonsNeedAnAdmin) {
  RunningServer server(ServerSetup{.keys = true});
  EXPECT_EQ(HttpCall(server.http_port(), "GET", "/healthz").body, "ok\n");
  const auto ready = [&](const std::string& key) {
    const HttpHeaders headers = key.empty() ? HttpHeaders{} : HttpHeaders{{"Authorization", Bearer(key)}};
    const HttpReply reply = HttpCall(server.http_port(), "GET", "/readyz", "", headers);
    EXPECT_EQ(reply.status, 200);
    return reply.body;
  };
  EXPECT_THAT(ready(server.admin_key()), HasSubstr("generation 1 is live"));
  for (const std::string& key : {std::string(), MakeApiKey().Reveal(), MakeKey(server, {Scope::kCheck}).secret(),
                                 MakeKey(server, {Scope::kAdmin}, "acme").secret()}) {
    EXPECT_EQ(ready(key), "{\"ready\":true}\n");
  }
}

TEST(KeysTest, AStrangerIsRefusedBeforeItsBodyIsRead) {
  RunningServer server(ServerSetup{.keys = true});
  HttpConnection connection(server.http_port());
  connection.Send("POST " + std::string(kCheckPath) +
                  " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n");
  const HttpReply reply = connection.Read();
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.headers, HasSubstr("WWW-Authenticate: Bearer"));
  EXPECT_THAT(reply.body, HasSubstr("CREDENTIALS_MISSING"));
}

TEST(KeysTest, WithKeysTheServerAnswersToAnyName) {
  RunningServer server(ServerSetup{.keys = true});
  HttpConnection connection(server.http_port());
  connection.Send("POST " + std::string(kCheckPath) + " HTTP/1.1\r\nHost: usher.example\r\nAuthorization: bearer " +
                  server.admin_key() + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(connection.Read().status, 400);  // the request is empty: the gate was open
}

}  // namespace
}  // namespace usher
