#include "bench/compare/drivers/loads.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/bench/compare/manual_clock.h"
#include "tests/unit/bench/compare/memory_peer.h"

namespace strata::compare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::size_t kValueBytes = 10;
constexpr std::uint64_t kRate = 1'000;
constexpr std::uint64_t kWarmUpRecords = kRate * kWarmUp.count();

class Loads : public testing::Test {
 protected:
  // Time goes by when records are due, and when `record` is published.
  void StallAt(std::size_t record, std::chrono::nanoseconds time) {
    peer_.before_publish = [=, this](std::size_t number) {
      if (number == record) clock_.Advance(time);
    };
  }

  Measured MeasureLatency(std::uint64_t records) {
    return Latency(peer_, {.records = records}, values_, kRate, clock_);
  }

  MemoryPeer peer_;
  ManualClock clock_{[this] { peer_.WaitUntilAllIsRead(); }};
  const cli::Payloads values_ = cli::Payloads::OfSize(kValueBytes);
};

TEST_F(Loads, ProduceCountsWhatItSends) {
  StallAt(50, seconds(2));
  const Measured measured = Produce(peer_, {.records = 100}, values_, clock_);
  EXPECT_EQ(measured.records, 100U);
  EXPECT_EQ(measured.bytes, 100 * kValueBytes);
  EXPECT_EQ(measured.time, seconds(2));
  EXPECT_EQ(peer_.records().size(), 100U);
}

TEST_F(Loads, ConsumeCountsWhatItReads) {
  Produce(peer_, {.records = 100}, values_, clock_);
  const Measured measured = Consume(peer_, {.records = 100}, clock_);
  EXPECT_EQ(measured.records, 100U);
  EXPECT_EQ(measured.bytes, 100 * kValueBytes);
}

TEST_F(Loads, AStallIsChargedForAllThatWasDueInIt) {
  StallAt(kWarmUpRecords + 300, milliseconds(200));
  const Measured measured = MeasureLatency(1'000);
  // 200 records were due while the peer stood still: 200 ms late, 199 ms, ... 1 ms. A client that
  // waits with the peer would have seen one.
  EXPECT_EQ(measured.latencies.max(), milliseconds(200));
  EXPECT_GE(measured.latencies.Percentile(0.99), milliseconds(190));
  EXPECT_LE(measured.latencies.Percentile(0.99), milliseconds(194));
  EXPECT_GE(measured.latencies.Percentile(0.9), milliseconds(100));
  EXPECT_EQ(measured.latencies.Percentile(0.8), milliseconds(0));
}

TEST_F(Loads, ALatencyOfAPeerThatKeepsUpIsNothing) {
  const Measured measured = MeasureLatency(1'000);
  EXPECT_EQ(measured.latencies.max(), milliseconds(0));
  EXPECT_EQ(measured.time, milliseconds(999));
}

TEST_F(Loads, TheWarmUpOfALatencyIsInNoFigureButThatOfAllBytes) {
  StallAt(10, milliseconds(500));
  const Measured measured = MeasureLatency(300);
  EXPECT_EQ(measured.records, 300U);
  EXPECT_EQ(measured.latencies.count(), 300U);
  EXPECT_EQ(measured.latencies.max(), milliseconds(0));
  EXPECT_EQ(measured.bytes, 300 * kValueBytes);
  EXPECT_EQ(measured.bytes_in_all, (300 + kWarmUpRecords) * kValueBytes);
}

TEST_F(Loads, APeerThatCannotKeepUpIsCalledSo) {
  StallAt(kWarmUpRecords + 7, seconds(32));
  EXPECT_THAT([&] { MeasureLatency(1'000); },
              ThrowsMessage<std::runtime_error>(HasSubstr("cannot keep up")));
}

TEST_F(Loads, FanOutCountsDeliveriesToAllGroups) {
  const Measured measured = FanOut(peer_, {.records = 100}, values_, 3, clock_);
  EXPECT_EQ(measured.records, 300U);
  EXPECT_EQ(measured.bytes, 300 * kValueBytes);
  EXPECT_EQ(peer_.records().size(), 100U);
}

TEST_F(Loads, WhenSendingFailsNobodyWaitsForTheRest) {
  peer_.before_publish = [](std::size_t record) {
    if (record == 50) throw std::runtime_error("the peer has gone");
  };
  EXPECT_THAT([&] { FanOut(peer_, {.records = 100}, values_, 3, clock_); },
              ThrowsMessage<std::runtime_error>("the peer has gone"));
  EXPECT_EQ(peer_.records().size(), 50U);
}

}  // namespace
}  // namespace strata::compare
