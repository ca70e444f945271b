#include "client/lib/produce/accumulator.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "client/lib/produce/linger.h"

namespace strata {
namespace {

TEST(Accumulator, NoBatchOutgrowsTheTopicsLimitWhereverARecordWithoutAKeyMovesOnTo) {
  constexpr std::int32_t kPartitions = 3;
  constexpr std::size_t kMaxBatchBytes = 1'000;
  Doorbell doorbell;
  Accumulator accumulator({}, {.partition_count = kPartitions, .max_batch_bytes = kMaxBatchBytes},
                          doorbell);
  const std::string value(600, 'v');  // two of them are too much for one batch
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    accumulator.Append({.value = value}, nullptr, partition);
  }
  accumulator.Append({.value = value}, nullptr, std::nullopt);

  const auto batches = accumulator.TakeClosed(Accumulator::TimePoint::max());
  EXPECT_EQ(batches.size(), kPartitions + 1U);
  for (const auto& batch : batches) {
    EXPECT_LE(batch->builder.uncompressed_bytes(), kMaxBatchBytes);
    accumulator.Finished(*batch);
  }
}

class LingeringRecords : public ::testing::Test {
 protected:
  using Batches = std::vector<std::unique_ptr<PendingBatch>>;

  void Append(std::int32_t partition, std::size_t value_bytes = 10) {
    accumulator_.Append({.value = std::string(value_bytes, 'v')}, nullptr, partition);
  }
  void Finish(const Batches& batches) {
    for (const auto& batch : batches) accumulator_.Finished(*batch);
  }
  // How long the oldest open batch lingers, as it looks now. Closes all and finishes them.
  std::chrono::nanoseconds LingerOfTheOldest() {
    const auto due = accumulator_.NextDue();
    const auto batches = accumulator_.TakeClosed(Accumulator::TimePoint::max());
    Finish(batches);
    return due - batches.front()->begun_at;
  }

  // Less than the producer's own batches: what makes a batch full is the smaller.
  static constexpr std::size_t kMaxBatchBytes = 10'000;

  Doorbell doorbell_;
  Accumulator accumulator_{
      {}, {.partition_count = 2, .max_batch_bytes = kMaxBatchBytes}, doorbell_};
};

TEST_F(LingeringRecords, OneThatComesAloneIsDueAtOnceHoweverLarge) {
  for (const std::size_t bytes : {std::size_t{1}, kMaxBatchBytes / 2}) {
    Append(0, bytes);
    EXPECT_EQ(LingerOfTheOldest().count(), 0) << bytes;
  }
}

TEST_F(LingeringRecords, BehindOneThatHasFailedWaitUntilThatIsTold) {
  Append(/*partition=*/7);
  const auto failed = accumulator_.TakeClosed(std::chrono::steady_clock::now());
  ASSERT_EQ(failed.size(), 1U);
  Append(0);
  EXPECT_EQ(LingerOfTheOldest(), kLongestLinger);
  Finish(failed);
  Append(0);
  EXPECT_EQ(LingerOfTheOldest().count(), 0);
}

TEST_F(LingeringRecords, BehindABatchThatIsNotFinishedWaitForIt) {
  Append(0);
  const auto first = accumulator_.TakeClosed(std::chrono::steady_clock::now());
  ASSERT_EQ(first.size(), 1U);
  Append(1);
  EXPECT_EQ(LingerOfTheOldest(), kLongestLinger);
  Finish(first);
}

TEST_F(LingeringRecords, AreDueWhenWhatWasUnderWayIsFinished) {
  Append(0);
  const auto first = accumulator_.TakeClosed(std::chrono::steady_clock::now());
  Append(0);
  Finish(first);
  EXPECT_EQ(LingerOfTheOldest().count(), 0);
}

TEST_F(LingeringRecords, WaitBehindAFullBatchThatNobodyHasTakenYet) {
  Append(0, kMaxBatchBytes - kBatchHeaderBytes);
  Append(1);
  const auto due = accumulator_.NextDue();
  const auto batches = accumulator_.TakeClosed(Accumulator::TimePoint::max());
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(due - batches[1]->begun_at, kLongestLinger);
  Finish(batches);
}

TEST_F(LingeringRecords, ThatFillABatchMakeThoseOfOtherPartitionsWait) {
  Append(0);
  Append(1, kMaxBatchBytes / 4);
  EXPECT_EQ(LingerOfTheOldest(), kLongestLinger);
  Append(0);
  EXPECT_EQ(LingerOfTheOldest().count(), 0) << "what is closed is not open any more";
}

}  // namespace
}  // namespace strata
