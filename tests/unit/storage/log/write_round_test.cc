// What a log writer does in a round besides what it promises: in which order it tells, and where it
// writes zeros ahead.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/gate.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Acks;
using strata::testing::Append;
using strata::testing::Gate;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::Operation;
using strata::testing::SendAppend;
using strata::testing::SimulatedFileSystem;
using ::testing::ElementsAre;

class WriteRoundTest : public ::testing::Test {
 protected:
  void Open(int partitions, Durability durability = Durability::kFsync) {
    LocalLogStoreOptions options;
    options.writers = 1;
    options.note_interval = std::chrono::hours(1);  // it would write, too
    store_ = place_.Open(options);
    for (int i = 0; i < partitions; ++i) {
      partitions_.push_back({1, i});
      ASSERT_TRUE(store_->Open(partitions_.back(), {.durability = durability}).has_value());
    }
  }

  // A batch to each partition, all in one round; returns how many writes that took.
  std::uint64_t WritesOfARound() {
    Gate round;
    Acks acks;
    SendAppend(*store_, partitions_.front(), MakeBatch({"before"}), Durability::kFsync,
               [&](const auto&) { round.Pass(); });
    round.WaitForArrival();
    const std::uint64_t before = files_.count(Operation::kWrite);
    for (const PartitionId& partition : partitions_) {
      SendAppend(*store_, partition, MakeBatch({"v"}), Durability::kFsync, acks.Expect());
    }
    round.Open();
    acks.WaitForCount(partitions_.size());
    return files_.count(Operation::kWrite) - before;
  }

  SimulatedFileSystem files_;
  LogPlace place_{files_};
  std::vector<PartitionId> partitions_;
  std::unique_ptr<LogStore> store_;
};

TEST_F(WriteRoundTest, ReadersAreWokenBeforeTheProducerHearsOfIt) {
  Open(1);
  std::vector<std::string> told;  // by the writer's thread
  ASSERT_TRUE(store_->NotifyBeyond(partitions_[0], 0, [&] { told.push_back("reader"); }));
  Acks acks;
  SendAppend(*store_, partitions_[0], MakeBatch({"v"}), Durability::kFsync,
             [&, done = acks.Expect()](const auto& result) {
               told.push_back("producer");
               done(result);
             });
  acks.WaitForCount(1);
  EXPECT_THAT(told, ElementsAre("reader", "producer"));
}

TEST_F(WriteRoundTest, ZerosAreWrittenInARoundOfFewLogs) {
  Open(4);
  for (int i = 1; i < 4; ++i) ASSERT_TRUE(Append(*store_, partitions_[i], MakeBatch({"v"})));
  EXPECT_EQ(WritesOfARound(), 2U * 4);
  EXPECT_EQ(WritesOfARound(), 4U) << "they are there";
}

TEST_F(WriteRoundTest, NoZerosAreWrittenInARoundOfManyLogs) {
  Open(5);
  for (int i = 1; i < 5; ++i) ASSERT_TRUE(Append(*store_, partitions_[i], MakeBatch({"v"})));
  EXPECT_EQ(WritesOfARound(), 5U);
}

TEST_F(WriteRoundTest, NoZerosAreWrittenWhereFlushesAreRare) {
  Open(1, Durability::kOs);
  ASSERT_TRUE(Append(*store_, partitions_[0], MakeBatch({"v"}), Durability::kOs));
  EXPECT_EQ(WritesOfARound(), 1U);
}

}  // namespace
}  // namespace strata::storage
