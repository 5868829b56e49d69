#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/absl_bridge.h"
#include "server/tls/tls_material.h"
#include "server/tls/tls_watch.h"
#include "tests/support/certificates.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using testing::HasSubstr;

class TlsTest : public testing::Test {
 protected:
  TlsTest() { Put(first_); }

  void Put(const Identity& identity) {
    Write("cert.pem", identity.certificate_pem);
    Write("key.pem", identity.key_pem);
  }
  // As rotating programs do: the new file takes the place of the old one.
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.File(name + ".new")) << text;
    std::filesystem::rename(folder_.File(name + ".new"), folder_.File(name));
  }
  std::string Problem() { return StatusMessage(LoadTls(files_).status()); }

  const TemporaryFolder folder_;
  const TlsFiles files_{
      .certificate = folder_.File("cert.pem"), .key = folder_.File("key.pem"), .client_ca = folder_.File("ca.pem")};
  const Authority authority_{"authority"};
  const Identity first_ = authority_.Issue("first");
  const Log log_;
};

TEST_F(TlsTest, FilesThatFitTogetherAreLoaded) {
  Write("ca.pem", authority_.pem());
  const auto loaded = LoadTls(files_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->certificate_pem, first_.certificate_pem);
  EXPECT_EQ(loaded->client_ca_pem, authority_.pem());
  EXPECT_NE(loaded->context, nullptr);
  const auto left = loaded->expires - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(23));
  EXPECT_LE(left, std::chrono::hours(24));
}

TEST_F(TlsTest, WhatDoesNotFitIsNamed) {
  Write("ca.pem", authority_.pem());
  Write("key.pem", authority_.Issue("second").key_pem);
  EXPECT_THAT(Problem(), HasSubstr("is not the key of the certificate in " + files_.certificate));
  Write("key.pem", "nonsense");
  EXPECT_THAT(Problem(), HasSubstr(files_.key + " holds no private key"));
  Put(first_);
  Write("cert.pem", "");
  EXPECT_THAT(Problem(), HasSubstr(files_.certificate + " holds no certificate"));
  Put(first_);
  Write("ca.pem", "nonsense");
  EXPECT_THAT(Problem(), HasSubstr(files_.client_ca + " holds no certificate of an authority"));
  std::filesystem::remove(files_.client_ca);
  EXPECT_THAT(Problem(), HasSubstr("cannot read " + files_.client_ca));
}

// Waits until the watch holds the certificate of `identity`, ten seconds at most.
bool WaitFor(const TlsWatch& watch, const Identity& identity) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (watch.Current()->certificate_pem != identity.certificate_pem) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// TlsPortsTest knows that a broken one does not.
TEST_F(TlsTest, ANewPairTakesThePlaceOfTheOldOne) {
  const auto watch = TlsWatch::Start({.certificate = files_.certificate, .key = files_.key, .client_ca = ""}, &log_);
  ASSERT_TRUE(watch.ok()) << watch.status();
  EXPECT_EQ((*watch)->Current()->version, 1);
  const Identity second = authority_.Issue("second");
  Put(second);
  EXPECT_TRUE(WaitFor(**watch, second));
  EXPECT_GT((*watch)->Current()->version, 1);
}

}  // namespace
}  // namespace usher
