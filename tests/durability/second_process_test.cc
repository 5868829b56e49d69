// One process serves one file.
#include <csignal>

#include <gmock/gmock.h>

#include "tests/durability/contents.h"
#include "tests/durability/grpc_sender.h"
#include "tests/durability/served_store.h"

namespace usher {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SecondProcess, IsRefusedWithASentenceUntilTheFirstIsGone) {
  ServedStore first;
  first.Start();
  ChildProcess second("usherd", first.Arguments());
  EXPECT_EQ(second.WaitForExit(), 1);
  EXPECT_THAT(second.errors(), AllOf(HasSubstr("the database " + first.path()),
                                     HasSubstr("served by process " + std::to_string(first.process().pid())),
                                     HasSubstr("stop that process")));
  EXPECT_TRUE(GrpcSender(first.grpc_port())(WebhookSource(1).Next()).ok()) << "the first goes on";
  EXPECT_TRUE(ReadContents(first.path()).ok()) << "reading needs no lock";

  first.process().Signal(SIGKILL);
  ASSERT_TRUE(first.WaitForKill());
  EXPECT_NO_THROW(first.Start()) << "the kernel has released the lock";
}

}  // namespace
}  // namespace usher
