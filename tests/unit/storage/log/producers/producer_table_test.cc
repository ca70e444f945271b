#include "storage/log/producers/producer_table.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/batch/producer_sequence.h"
#include "tests/support/sequenced_batch.h"

namespace strata::storage {
namespace {

using std::chrono::milliseconds;
using strata::testing::SequencedHeader;
using strata::testing::Sequencing;
using ::testing::HasSubstr;

constexpr std::int32_t kLastSequence = std::numeric_limits<std::int32_t>::max();

class ProducerTableTest : public ::testing::Test {
 protected:
  // "new", the offset of the original, or the reason of the refusal.
  std::string Check(const Sequencing& sequencing, int count = 1) const {
    const auto checked = table_.Check(SequencedHeader(sequencing, count));
    if (!checked) return std::string(ErrorName(checked.error().code));
    return *checked ? std::to_string(**checked) : "new";
  }

  // Appends at the end of a log.
  void Add(const Sequencing& sequencing, int count = 1) {
    table_.Add(SequencedHeader(sequencing, count, end_), now_);
    end_ += count;
  }

  ProducerTable table_{{.max_producers = 3, .expiry = milliseconds(1000)}};
  ProducerTable::TimePoint now_{std::chrono::hours(10)};
  Offset end_ = 100;
};

TEST_F(ProducerTableTest, AProducerThatIsNotKnownBeginsWithSequence0) {
  EXPECT_EQ(Check({7, 0, 0}), "new");
  EXPECT_EQ(Check({7, 5, 0}), "new");
  EXPECT_EQ(Check({7, 0, 1}), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(ProducerTableTest, TheMessageTellsAnUnknownProducerFromAGap) {
  EXPECT_THAT(table_.Check(SequencedHeader({7, 0, 5})).error().message,
              HasSubstr("producer 7 is not, or no longer, known"));
  Add({7, 0, 0});
  EXPECT_THAT(table_.Check(SequencedHeader({7, 0, 5})).error().message,
              HasSubstr("has come to sequence 1"));
}

TEST_F(ProducerTableTest, BatchesFollowEachOtherByTheNumberOfTheirRecords) {
  Add({7, 0, 0}, 10);
  EXPECT_EQ(Check({7, 0, 10}), "new");
  EXPECT_EQ(Check({7, 0, 9}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({7, 0, 11}), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(ProducerTableTest, ARetryIsToldTheOffsetOfItsOriginal) {
  Add({7, 0, 0}, 10);
  Add({8, 0, 0}, 3);
  Add({7, 0, 10}, 2);
  EXPECT_EQ(Check({7, 0, 0}, 10), "100");
  EXPECT_EQ(Check({8, 0, 0}, 3), "110");
  EXPECT_EQ(Check({7, 0, 10}, 2), "113");
}

TEST_F(ProducerTableTest, ABatchThatOnlyOverlapsIsNoRetry) {
  Add({7, 0, 0}, 10);
  EXPECT_EQ(Check({7, 0, 0}, 9), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({7, 0, 0}, 11), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({7, 0, 1}, 9), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({7, 0, 5}, 10), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(ProducerTableTest, RemembersTheLatestBatchesAndNoMore) {
  const auto remembered = static_cast<std::int32_t>(kRememberedBatches);
  for (std::int32_t i = 0; i <= remembered; ++i) Add({7, 0, i});
  EXPECT_EQ(table_.batch_count(), kRememberedBatches);
  EXPECT_EQ(Check({7, 0, 0}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({7, 0, 1}), "101");
  EXPECT_EQ(Check({7, 0, remembered}), std::to_string(100 + remembered));
  EXPECT_EQ(Check({7, 0, remembered + 1}), "new");
}

TEST_F(ProducerTableTest, ANewerEpochBeginsWithSequence0AndShutsTheOlderOneOut) {
  Add({7, 3, 0});
  EXPECT_EQ(Check({7, 4, 1}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({7, 4, 0}), "new");
  EXPECT_EQ(Check({7, 3, 1}), "new") << "the newer one has not written here yet";
  Add({7, 4, 0});
  EXPECT_EQ(Check({7, 3, 1}), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(Check({7, 3, 0}), "STALE_PRODUCER_EPOCH") << "not even as a retry";
  EXPECT_EQ(Check({7, 4, 0}), "101");
  EXPECT_EQ(Check({7, 4, 1}), "new");
}

TEST_F(ProducerTableTest, SequencesBeginAgainBehindTheGreatest) {
  Add({7, 0, kLastSequence});
  EXPECT_EQ(Check({7, 0, 0}), "new");
  Add({7, 0, 0});
  EXPECT_EQ(Check({7, 0, kLastSequence}), "100");
  EXPECT_EQ(Check({7, 0, 0}), "101");
  EXPECT_EQ(Check({7, 0, 1}), "new");
}

TEST_F(ProducerTableTest, ABatchMayReachAcrossTheGreatestSequence) {
  Add({7, 0, kLastSequence - 1}, 5);
  EXPECT_EQ(Check({7, 0, kLastSequence - 1}, 5), "100");
  EXPECT_EQ(Check({7, 0, 3}), "new");
  EXPECT_EQ(Check({7, 0, 2}), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(ProducerTableTest, TheLogIsRightWhateverItHolds) {
  Add({7, 1, 0});
  Add({7, 1, 50});
  EXPECT_EQ(Check({7, 1, 51}), "new");
  EXPECT_EQ(Check({7, 1, 0}), "OUT_OF_ORDER_SEQUENCE");
  Add({7, 2, 9});
  EXPECT_EQ(Check({7, 2, 10}), "new");
}

TEST_F(ProducerTableTest, TheProducerUsedLongestAgoIsForgottenWhenThereAreTooMany) {
  Add({1, 0, 0});
  Add({2, 0, 0});
  Add({3, 0, 0});
  Add({1, 0, 1});
  Add({4, 0, 0});
  EXPECT_EQ(table_.producer_count(), 3U);
  EXPECT_EQ(Check({2, 0, 1}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({2, 0, 0}), "new");
  EXPECT_EQ(Check({1, 0, 2}), "new");
  EXPECT_EQ(Check({3, 0, 1}), "new");
  EXPECT_EQ(Check({4, 0, 1}), "new");
}

TEST_F(ProducerTableTest, AProducerThatIsUnusedForTooLongIsForgottenWhenAnotherComes) {
  Add({1, 0, 0});
  now_ += milliseconds(500);
  Add({2, 0, 0});
  now_ += milliseconds(500);
  EXPECT_EQ(Check({1, 0, 1}), "new") << "nobody needs its room yet";
  Add({3, 0, 0});
  EXPECT_EQ(Check({1, 0, 1}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({2, 0, 1}), "new");
  EXPECT_EQ(table_.producer_count(), 2U);
  EXPECT_EQ(table_.batch_count(), 2U);
}

TEST_F(ProducerTableTest, ASnapshotHoldsAllOfIt) {
  Add({1, 2, 0}, 4);
  now_ += milliseconds(30);
  Add({2, 0, 0});
  Add({2, 0, 1});
  now_ += milliseconds(3);
  const ProducerSnapshot snapshot = table_.Snapshot(end_, now_);
  const ProducerSnapshot expected{106,
                                  {{1, 2, milliseconds(33), {{0, 3, 100}}},
                                   {2, 0, milliseconds(3), {{0, 0, 104}, {1, 1, 105}}}}};
  EXPECT_EQ(snapshot, expected);

  const ProducerTable restored(snapshot, {.max_producers = 3, .expiry = milliseconds(1000)}, now_);
  EXPECT_EQ(restored.Snapshot(end_, now_), snapshot);
  EXPECT_EQ(restored.batch_count(), 3U);
}

TEST_F(ProducerTableTest, ASnapshotLeavesOutWhatHasExpired) {
  Add({1, 0, 0});
  now_ += milliseconds(1000);
  EXPECT_TRUE(table_.Snapshot(end_, now_).producers.empty());
}

TEST_F(ProducerTableTest, WhatIsRestoredIsForgottenInTheSameOrder) {
  Add({1, 0, 0});
  Add({2, 0, 0});
  Add({3, 0, 0});
  Add({1, 0, 1});
  table_ = ProducerTable(table_.Snapshot(end_, now_), {.max_producers = 3}, now_);
  Add({4, 0, 0});
  EXPECT_EQ(Check({2, 0, 1}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Check({1, 0, 2}), "new");
}

TEST_F(ProducerTableTest, ALowerLimitCountsForWhatIsRestored) {
  for (const std::int64_t id : {1, 2, 3}) Add({id, 0, 0});
  table_ = ProducerTable(table_.Snapshot(end_, now_), {.max_producers = 1}, now_);
  EXPECT_EQ(table_.producer_count(), 1U);
  EXPECT_EQ(Check({3, 0, 1}), "new");
}

}  // namespace
}  // namespace strata::storage
