#include "bench/compare/drivers/sending.h"

#include <gtest/gtest.h>

#include "bench/compare/drivers/stamp.h"
#include "tests/unit/bench/compare/manual_clock.h"
#include "tests/unit/bench/compare/memory_peer.h"

namespace strata::compare {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint64_t kRate = 1'000;

TEST(PartitionOf, GivesEachAThousandRecordsInTurn) {
  EXPECT_EQ(PartitionOf(0, 3), 0);
  EXPECT_EQ(PartitionOf(999, 3), 0);
  EXPECT_EQ(PartitionOf(1'000, 3), 1);
  EXPECT_EQ(PartitionOf(2'999, 3), 2);
  EXPECT_EQ(PartitionOf(3'000, 3), 0);
  EXPECT_EQ(PartitionOf(123'456, 1), 0);
}

TEST(SendAll, SendsTheValuesInTurnToAllPartitions) {
  MemoryPeer peer;
  const auto values = cli::Payloads::OfLines("one\nthree\n");
  ASSERT_TRUE(values);
  const auto bytes = SendAll(*peer.OpenPublisher(), {.records = 2'001, .partitions = 2}, *values);
  const auto records = peer.records();
  ASSERT_EQ(records.size(), 2'001U);
  EXPECT_EQ(bytes, 1'001U * 3 + 1'000U * 5);
  EXPECT_EQ(records[0].value, "one");
  EXPECT_EQ(records[1].value, "three");
  EXPECT_EQ(records[1'000].partition, 1);
  EXPECT_EQ(records[2'000].partition, 0);
}

class SendOnScheduleTest : public testing::Test {
 protected:
  void Send(std::uint64_t records, std::uint64_t per_second = kRate) {
    SendOnSchedule(*peer_.OpenPublisher(), {.records = records}, cli::Payloads::OfSize(20),
                   cli::LoadSchedule({.per_second = per_second}, begin_), clock_);
  }

  Clock::TimePoint StampAt(std::size_t record) { return StampOf(peer_.records().at(record).value); }

  MemoryPeer peer_;
  ManualClock clock_;
  const Clock::TimePoint begin_ = clock_.Now() + milliseconds(100);
};

TEST_F(SendOnScheduleTest, EachRecordSaysWhenItWasDue) {
  Send(100);
  EXPECT_EQ(StampAt(0), begin_);
  EXPECT_EQ(StampAt(99), begin_ + milliseconds(99));
  EXPECT_EQ(clock_.Now(), begin_ + milliseconds(99));
}

TEST_F(SendOnScheduleTest, AStallMovesNoRecordThatIsDueLater) {
  peer_.before_publish = [this](std::size_t record) {
    if (record == 10) clock_.Advance(milliseconds(50));
  };
  Send(100);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(StampAt(i), begin_ + milliseconds(i));
  EXPECT_EQ(clock_.Now(), begin_ + milliseconds(99));
}

TEST_F(SendOnScheduleTest, RecordsThatAreDueCloseTogetherAreSentTogether) {
  Send(100, 100'000);
  EXPECT_EQ(peer_.pushes(), 11);  // the first alone, then ten by ten
  EXPECT_EQ(StampAt(99), begin_ + microseconds(990));
}

TEST_F(SendOnScheduleTest, ThePublisherHearsWhenNothingMoreIsDue) {
  peer_.before_publish = [this](std::size_t record) {
    if (record == 10) clock_.Advance(milliseconds(50));
  };
  Send(100);
  EXPECT_EQ(peer_.pushes(), 50);  // not for the 50 that were late already
}

}  // namespace
}  // namespace strata::compare
