// Producers, readers and waiters at work on the same logs at once.
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Acks;
using strata::testing::Append;
using strata::testing::Join;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::RecordsIn;
using strata::testing::SendAppend;

constexpr int kPartitions = 7;
constexpr int kProducers = 3;
constexpr int kBatchesEach = 300;

// Sends to all partitions in turn and checks that its own appends keep their order in each.
void Produce(LogStore& store, int producer) {
  std::vector<Acks> acks(kPartitions);
  std::vector<std::size_t> sent(kPartitions);
  for (int i = 0; i < kBatchesEach; ++i) {
    const auto partition = static_cast<std::size_t>(i % kPartitions);
    SendAppend(store, {1, static_cast<std::int32_t>(partition)},
               MakeBatch({std::to_string(producer) + ":" + std::to_string(i), "second"}),
               i % 5 == 0 ? Durability::kOs : Durability::kFsync, acks[partition].Expect());
    ++sent[partition];
  }
  for (std::size_t partition = 0; partition < kPartitions; ++partition) {
    for (const auto& result : acks[partition].Wait(sent[partition])) {
      EXPECT_TRUE(result.has_value()) << result.error().message;
    }
  }
}

// Reads a partition to `end`, waiting where there is nothing yet.
void Consume(LogStore& store, PartitionId partition, Offset end) {
  std::vector<int> last(kProducers, -1);
  for (Offset next = 0; next < end;) {
    const auto read = store.Read(partition, next, {2000});
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_LE(read->ends.log_start, read->ends.stable);
    ASSERT_LE(read->ends.stable, read->ends.log_end);
    for (const auto& record : RecordsIn(Join(*read))) {
      ASSERT_EQ(record.offset, next++);
      const std::size_t colon = record.value.find(':');
      if (colon == std::string::npos) continue;
      int& before = last[static_cast<std::size_t>(std::stoi(record.value))];
      const int number = std::stoi(record.value.substr(colon + 1));
      ASSERT_GT(number, before) << "appends of one producer have changed places";
      before = number;
    }
    if (read->bytes > 0) continue;
    Acks grown;
    const auto ready = grown.Expect();
    ASSERT_TRUE(store.NotifyBeyond(partition, next, [&] { ready(AppendResult{}); }).has_value());
    grown.Wait(1);
  }
}

class ConcurrencyTest : public ::testing::TestWithParam<int> {};

TEST_P(ConcurrencyTest, EveryReaderSeesDenseOffsetsInOrder) {
  LogPlace place;
  LocalLogStoreOptions options;
  options.writers = GetParam();
  options.tail_cache_bytes = 20'000;  // some reads are served from it and some are not
  options.max_open_active_files = 4;
  options.max_open_read_files = 4;
  options.note_interval = std::chrono::milliseconds(1);
  const auto store = place.Open(options);
  LogOptions log_options;
  log_options.segment_bytes = 5'000;
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    ASSERT_TRUE(store->Open({1, i}, log_options).has_value());
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kProducers; ++i) threads.emplace_back([&, i] { Produce(*store, i); });
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    const int batches = kProducers * ((kBatchesEach - i + kPartitions - 1) / kPartitions);
    for (int reader = 0; reader < 2; ++reader) {
      threads.emplace_back([&, i, batches] { Consume(*store, {1, i}, 2 * batches); });
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(store->Close().has_value());
}

INSTANTIATE_TEST_SUITE_P(Writers, ConcurrencyTest, ::testing::Values(1, 3));

TEST(LogStoreConcurrency, LogsMayBeTrimmedAndRemovedUnderReadersAndProducers) {
  LogPlace place;
  LocalLogStoreOptions options;
  options.tail_cache_bytes = 0;
  const auto store = place.Open(options);
  LogOptions log_options;
  log_options.segment_bytes = 500;
  ASSERT_TRUE(store->Open({1, 0}, log_options).has_value());
  std::thread producer([&] {
    while (true) {
      const auto result = Append(*store, {1, 0}, MakeBatch({std::string(100, 'x')}));
      if (result) continue;
      EXPECT_EQ(result.error().code, ErrorCode::UNKNOWN_PARTITION);
      return;
    }
  });
  std::thread reader([&] {
    Offset next = 0;
    while (true) {
      const auto read = store->Read({1, 0}, next, {});
      if (read) {
        next = read->next_offset;
      } else if (read.error().code == ErrorCode::OFFSET_OUT_OF_RANGE) {
        next = store->Ends({1, 0}).value_or(LogEnds{}).log_start;
      } else {
        EXPECT_EQ(read.error().code, ErrorCode::UNKNOWN_PARTITION) << read.error().message;
        return;
      }
    }
  });
  Offset log_start = 0;
  while (log_start < 200) {
    const Offset stable = store->Ends({1, 0})->stable;
    log_start = store->Trim({1, 0}, stable - 3).value();
    const auto time = store->OffsetForTime({1, 0}, 0);
    EXPECT_TRUE(time.has_value()) << time.error().message;
  }
  EXPECT_TRUE(store->Remove({{1, 0}}).has_value());
  producer.join();
  reader.join();
}

}  // namespace
}  // namespace strata::storage
