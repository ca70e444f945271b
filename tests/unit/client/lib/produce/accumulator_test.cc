#include "client/lib/produce/accumulator.h"

#include <string>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace strata
