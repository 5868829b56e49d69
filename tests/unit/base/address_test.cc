#include "server/base/address.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

struct AddressCase {
  const char* name;
  const char* text;
  bool listens;  // ParseAddress takes it
  bool calls;    // ParseServerAddress takes it
};

constexpr AddressCase kAddresses[] = {
    {"numeric", "127.0.0.1:7480", true, true},
    {"ipv6", "[::1]:7480", true, true},
    {"localhost", "localhost:7480", true, true},
    {"any free port", "127.0.0.1:0", true, false},
    {"a name", "usher.internal:7480", false, true},
    {"no port", "127.0.0.1", false, false},
    {"empty port", "127.0.0.1:", false, false},
    {"port too large", "127.0.0.1:65536", false, false},
    {"port with a tail", "127.0.0.1:80x", false, false},
    {"no host", ":7480", false, false},
    {"bare ipv6", "::1:7480", false, false},
    {"a URL", "http://127.0.0.1:7480", false, false},
    {"empty", "", false, false},
};

TEST(Address, ListensOnNumericHostsOnlyAndCallsNamesToo) {
  for (const AddressCase& row : kAddresses) {
    EXPECT_EQ(row.listens, ParseAddress(row.text).ok()) << row.name;
    EXPECT_EQ(row.calls, ParseServerAddress(row.text).ok()) << row.name;
  }
}

TEST(Address, PrintsAsItIsWritten) {
  EXPECT_EQ("127.0.0.1:80", ParseAddress("localhost:80")->ToString());
  EXPECT_EQ("[::1]:80", ParseAddress("[::1]:80")->ToString());
}

TEST(Address, OnlyTheOwnMachineIsLoopback) {
  EXPECT_TRUE(IsLoopback(*ParseAddress("127.8.0.1:80")));
  EXPECT_TRUE(IsLoopback(*ParseAddress("[::1]:80")));
  EXPECT_FALSE(IsLoopback(*ParseAddress("0.0.0.0:80")));
  EXPECT_FALSE(IsLoopback(*ParseAddress("[::]:80")));
}

}  // namespace
}  // namespace usher
