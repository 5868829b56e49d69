// TLS on both ports of a real server.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "tests/integration/callers/caller.h"
#include "tests/support/certificates.h"
#include "tests/support/http_client.h"
#include "tests/support/tls_client.h"
#include "usher/v1/entitlement.grpc.pb.h"

namespace usher {
namespace {

using testing::HasSubstr;

class TlsPortsTest : public testing::Test {
 protected:
  TlsPortsTest() { Put(authority_.Issue("first")); }

  // As rotating programs do: the new file takes the place of the old one.
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.File(name + ".new")) << text;
    std::filesystem::rename(folder_.File(name + ".new"), folder_.File(name));
  }
  void Put(const Identity& identity) {
    Write("cert.pem", identity.certificate_pem);
    Write("key.pem", identity.key_pem);
  }

  ServerSetup ServerWithTls(bool with_client_ca = false) {
    ServerSetup setup{.keys = true,
                      .more_arguments = {"--tls-cert", folder_.File("cert.pem"), "--tls-key", folder_.File("key.pem")}};
    if (with_client_ca) {
      Write("clients.pem", clients_.pem());
      setup.more_arguments.insert(setup.more_arguments.end(), {"--tls-client-ca", folder_.File("clients.pem")});
    }
    return setup;
  }

  grpc::Status Check(const RunningServer& server, const std::string& authority_pem, const Identity& own = {}) {
    const auto channel = grpc::CreateChannel(
        server.grpc_address(),
        grpc::SslCredentials(
            {.pem_root_certs = authority_pem, .pem_private_key = own.key_pem, .pem_cert_chain = own.certificate_pem}));
    const auto stub = v1::EntitlementService::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    context.AddMetadata("authorization", Bearer(server.admin_key()));
    v1::CheckEntitlementRequest request;
    request.set_tenant_id("acme");
    request.set_feature("sso");
    v1::CheckEntitlementResponse response;
    return stub->CheckEntitlement(&context, request, &response);
  }

  // Waits until both ports show `name`, twenty seconds at most.
  bool BothShow(const RunningServer& server, const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (const std::uint16_t port : {server.http_port(), server.grpc_port()}) {
      while (TlsCall(port, authority_.pem()).server_name != name) {
        if (std::chrono::steady_clock::now() > deadline) return false;
      }
    }
    return true;
  }

  const TemporaryFolder folder_;
  const Authority authority_{"servers"};
  const Authority clients_{"clients"};
};

constexpr char kHealthz[] = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(TlsPortsTest, BothPortsSpeakTlsAndNothingElse) {
  RunningServer server(ServerWithTls());
  EXPECT_THAT(TlsCall(server.http_port(), authority_.pem(), kHealthz).bytes, HasSubstr("200 OK"));
  const grpc::Status checked = Check(server, authority_.pem());
  EXPECT_TRUE(checked.ok()) << checked.error_message();
  EXPECT_EQ(HttpCall(server.http_port(), "GET", "/healthz").status, 0);
  EXPECT_EQ(CheckAcme(server, server.admin_key()).code, absl::StatusCode::kUnavailable);
  const Authority stranger("stranger");
  EXPECT_FALSE(TlsCall(server.http_port(), stranger.pem()).connected);
  EXPECT_EQ(Check(server, stranger.pem()).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsPortsTest, OneConnectionServesSeveralRequests) {
  RunningServer server(ServerWithTls());
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string bytes = TlsCall(server.http_port(), authority_.pem(), get + get + kHealthz).bytes;
  std::size_t answers = 0;
  for (std::size_t at = bytes.find("200 OK"); at != std::string::npos; at = bytes.find("200 OK", at + 1)) ++answers;
  EXPECT_EQ(answers, 3u);
}

TEST_F(TlsPortsTest, ANewCertificateIsServedWithoutARestartAndABrokenOneIsNot) {
  RunningServer server(ServerWithTls());
  EXPECT_TRUE(BothShow(server, "first"));
  const Identity second = authority_.Issue("second");
  Write("cert.pem", second.certificate_pem);
  EXPECT_TRUE(server.process().WaitForLine("the new certificate cannot be used; the one before stays"));
  EXPECT_TRUE(BothShow(server, "first"));
  EXPECT_TRUE(Check(server, authority_.pem()).ok());
  Write("key.pem", second.key_pem);
  EXPECT_TRUE(BothShow(server, "second"));
  EXPECT_TRUE(Check(server, authority_.pem()).ok());
  EXPECT_THAT(server.process().errors(), testing::Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(TlsPortsTest, WithAClientAuthorityCallersNeedACertificateOfIt) {
  RunningServer server(ServerWithTls(true));
  const Identity own = clients_.Issue("client");
  EXPECT_TRUE(Check(server, authority_.pem(), own).ok());
  EXPECT_THAT(TlsCall(server.http_port(), authority_.pem(), kHealthz, own).bytes, HasSubstr("200 OK"));
  for (const Identity& other : {Identity{}, authority_.Issue("of another authority")}) {
    EXPECT_EQ(Check(server, authority_.pem(), other).error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(TlsCall(server.http_port(), authority_.pem(), kHealthz, other).bytes, "");
  }
}

TEST_F(TlsPortsTest, FilesThatDoNotFitStopTheStart) {
  Write("key.pem", authority_.Issue("second").key_pem);
  EXPECT_THROW(RunningServer{ServerWithTls()}, std::runtime_error);
}

TEST_F(TlsPortsTest, AClientThatNeverShakesHandsHarmsNobody) {
  RunningServer server(ServerWithTls());
  HttpConnection silent(server.http_port());
  HttpConnection nonsense(server.http_port());
  nonsense.Send(std::string(1000, '\xff'));
  EXPECT_TRUE(nonsense.ClosedWithin(std::chrono::seconds(10)));
  EXPECT_THAT(TlsCall(server.http_port(), authority_.pem(), kHealthz).bytes, HasSubstr("200 OK"));
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().WaitForExit(), 0);
}

}  // namespace
}  // namespace usher
