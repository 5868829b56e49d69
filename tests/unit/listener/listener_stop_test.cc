// How a listener ends.
#include <atomic>
#include <chrono>
#include <future>

#include <gtest/gtest.h>

#include "tests/support/http_client.h"
#include "tests/unit/listener/test_site.h"

namespace usher {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{10'000};
constexpr milliseconds kShort{20};

using ListenerStopTest = ListenerTest;

TEST_F(ListenerStopTest, RunningRequestsEndAndIdleConnectionsAreClosed) {
  Start();
  HttpConnection silent(port());
  HttpConnection idle(port());
  ASSERT_TRUE(idle.Send(Get("/head")));
  EXPECT_EQ(idle.Read().status, 200);
  HttpConnection running(port());
  ASSERT_TRUE(running.Send(Get("/gate")));
  ASSERT_TRUE(site_.WaitUntilWaiting(1));
  auto stopped = std::async(std::launch::async, [&] { listener_->Stop(kLong); });
  EXPECT_TRUE(idle.ClosedWithin(kLong));
  EXPECT_TRUE(silent.ClosedWithin(kLong));
  EXPECT_FALSE(site_.gave_up);
  site_.Open();
  EXPECT_EQ(running.Read().status, 200);
  EXPECT_TRUE(running.ClosedWithin(kLong));
  stopped.get();
  EXPECT_FALSE(HttpConnection(port()).connected());
}

TEST_F(ListenerStopTest, WhatDoesNotEndIsCut) {
  Start();
  HttpConnection running(port());
  ASSERT_TRUE(running.Send(Get("/gate")));
  ASSERT_TRUE(site_.WaitUntilWaiting(1));
  auto stopped = std::async(std::launch::async, [&] { listener_->Stop(kShort); });
  EXPECT_EQ(running.Read().status, 0);
  EXPECT_TRUE(running.ClosedWithin(kLong));
  site_.Open();
  EXPECT_EQ(stopped.wait_for(kLong), std::future_status::ready);
}

TEST_F(ListenerStopTest, AnAnswerThatNobodyReadsIsWaitedForSoThatTheSiteMayGo) {
  site_.patience = kShort;
  Start();
  HttpConnection late(port());
  ASSERT_TRUE(late.Send("GET /gate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(late.Read().status, StatusOf(HttpRefusal::kTooLate));
  EXPECT_TRUE(late.ClosedWithin(kLong));
  auto stopped = std::async(std::launch::async, [&] { listener_->Stop(kLong); });
  EXPECT_EQ(stopped.wait_for(kShort), std::future_status::timeout);
  site_.Open();
  EXPECT_EQ(stopped.wait_for(kLong), std::future_status::ready);
}

TEST_F(ListenerStopTest, TheSiteGivesUpWhenTheDrainIsOver) {
  site_.opens_when_given_up = true;
  Start();
  HttpConnection running(port());
  ASSERT_TRUE(running.Send(Get("/gate")));
  ASSERT_TRUE(site_.WaitUntilWaiting(1));
  listener_->Stop(kShort);
  EXPECT_TRUE(site_.gave_up);
  EXPECT_EQ(running.Read().status, 0);
}

TEST_F(ListenerStopTest, TheSiteGivesUpWhatNobodyWaitsForAnyMore) {
  site_.patience = kShort;
  site_.opens_when_given_up = true;
  Start();
  HttpConnection late(port());
  ASSERT_TRUE(late.Send("GET /gate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(late.Read().status, StatusOf(HttpRefusal::kTooLate));
  EXPECT_TRUE(late.ClosedWithin(kLong));
  listener_->Stop(kLong);
  EXPECT_TRUE(site_.gave_up);
}

TEST_F(ListenerStopTest, StoppingTwiceIsStoppingOnce) {
  Start();
  listener_->Stop(kLong);
  listener_->Stop(kLong);
  EXPECT_FALSE(HttpConnection(port()).connected());
}

}  // namespace
}  // namespace usher
