// The offset index says what is not so: an old copy of it was put there, or something is wrong with
// those who keep it. It is a hint, so nobody is given other records than he has asked for.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/index/offset_index.h"
#include "tests/fault/history/checker.h"
#include "tests/fault/seed.h"
#include "tests/fault/store/work_calls.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/log_place.h"

namespace strata::testing {
namespace {

const WorkPartition kPartition{"1/0", {1, 0}, {}};
constexpr std::int64_t kLogBytes = 512 << 10;  // some times the distance between two entries

struct Batch {
  Offset offset = 0;
  std::int64_t position = 0;
};

class WrongIndexTest : public ::testing::Test {
 protected:
  void Open() {
    store_.reset();
    store_ = place_.Open();
    ASSERT_TRUE(store_->Open(kPartition.id, kPartition.options).has_value());
  }

  void Fill() {
    PayloadId last = 0;
    while (size() < kLogBytes) {
      WorkAppend append{std::vector<PayloadId>(1 + Roll(dice_, 30))};
      for (PayloadId& payload : append.payloads) payload = ++last;
      const std::int64_t position = size();
      const auto placed = AppendAndTell(*store_, history_, kPartition, append).get();
      ASSERT_TRUE(placed.has_value()) << placed.error().message;
      batches_.push_back({placed->base_offset, position});
    }
  }

  std::int64_t size() { return store_->Status(kPartition.id)->size_bytes; }
  const Batch& AnyBatch() { return batches_[Roll(dice_, batches_.size())]; }

  // An entry for the right batch at a wrong place: where another batch begins, or none.
  storage::IndexEntry WrongEntry(Offset offset) {
    storage::IndexEntry entry{offset, 0, AnyBatch().position, 1};
    if (Roll(dice_, 2) == 0) {
      entry.position =
          static_cast<std::int64_t>(Roll(dice_, static_cast<std::uint64_t>(kLogBytes + 100'000)));
    }
    if (Roll(dice_, 8) == 0) entry.segment_base = AnyBatch().offset;
    return entry;
  }

  void ReadFrom(Offset from) {
    const auto read = store_->Read(kPartition.id, from, {4'000});
    ASSERT_TRUE(read.has_value()) << "I1: " << read.error().message;
    const auto found = BatchesOf(*read, kPartition, from);
    ASSERT_TRUE(found.has_value()) << "I1: " << found.error().message;
    ASSERT_FALSE(found->records.empty()) << "I1: nothing is there from " << from << " on";
    history_.Add(
        ReadReturned{.partition = kPartition.name, .records = found->records, .from = from});
  }

  Dice dice_{FaultSeed()};
  SimulatedFileSystem disk_;
  LogPlace place_{disk_};
  std::unique_ptr<storage::LogStore> store_;
  History history_;
  std::vector<Batch> batches_;
};

TEST_F(WrongIndexTest, EveryReadBeginsWhereItWasAskedTo) {
  Open();
  Fill();
  if (HasFatalFailure()) return;
  Open();  // what was written is in no cache any more
  storage::OffsetIndex index(place_.index());
  const int entries = ScaledRuns(500);
  for (int i = 0; i < entries && !HasFatalFailure(); ++i) {
    const Offset claimed = AnyBatch().offset;
    index.Put({{{kPartition.id, WrongEntry(claimed)}}, {}});
    const Offset end = store_->Ends(kPartition.id)->visible;
    ReadFrom(claimed);
    ReadFrom(std::min<Offset>(claimed + static_cast<Offset>(Roll(dice_, 40)), end - 1));
  }
  EXPECT_EQ(Describe(CheckHistory(history_.events())), "");
  RecordProperty("entries", entries);
}

}  // namespace
}  // namespace strata::testing
