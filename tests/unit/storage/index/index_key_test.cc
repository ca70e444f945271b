// Freezes what FORMAT.md says of the offset index.
#include "storage/index/index_key.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace strata::storage {
namespace {

using strata::testing::Hex;

constexpr PartitionId kPartition{0xab, 3};
constexpr IndexEntry kEntry{0x1234, 0x1000, 0x20000, 0x18c};

TEST(IndexKey, KeysAndValuesAreFrozen) {
  EXPECT_EQ(Hex(index_key::ByOffset(kPartition, 0x1234)),
            "00000000000000ab000000036f0000000000001234");
  EXPECT_EQ(Hex(index_key::ByOffsetValue(kEntry)),
            "00000000000010000000000000020000000000000000018c");
  EXPECT_EQ(Hex(index_key::ByTime(kPartition, 0x1000, 0x18c)),
            "00000000000000ab00000003740000000000001000800000000000018c");
  EXPECT_EQ(Hex(index_key::ByTimeValue(kEntry)), "00000000000012340000000000020000");
  EXPECT_EQ(Hex(index_key::Coverage(kPartition, 0x1000)),
            "00000000000000ab00000003630000000000001000");
  EXPECT_EQ(Hex(index_key::CoverageValue({0x20000})), "0000000000020000");
}

TEST(IndexKey, EntriesAreReadBack) {
  EXPECT_EQ(index_key::ParseByOffset(kPartition, index_key::ByOffset(kPartition, kEntry.offset),
                                     index_key::ByOffsetValue(kEntry)),
            kEntry);
  EXPECT_EQ(
      index_key::ParseByTime(
          kPartition, index_key::ByTime(kPartition, kEntry.segment_base, kEntry.max_timestamp_ms),
          index_key::ByTimeValue(kEntry)),
      kEntry);
  EXPECT_EQ(index_key::ParseCoverage(index_key::CoverageValue({77})), (index_key::CoveredPart{77}));
}

TEST(IndexKey, KeysSortAsTheirNumbersDo) {
  EXPECT_LT(index_key::ByOffset(kPartition, 255), index_key::ByOffset(kPartition, 256));
  EXPECT_LT(index_key::ByTime(kPartition, 5, -1), index_key::ByTime(kPartition, 5, 0));
  EXPECT_LT(index_key::ByTime(kPartition, 5, std::numeric_limits<TimestampMs>::max()),
            index_key::ByTime(kPartition, 6, 0));
  EXPECT_LT(index_key::ByOffset({1, 2}, std::numeric_limits<Offset>::max()),
            index_key::ByOffset({1, 3}, 0));
}

TEST(IndexKey, KeysOfOthersAreNotOurs) {
  const std::string key = index_key::ByOffset(kPartition, 5);
  const std::string value = index_key::ByOffsetValue(kEntry);
  EXPECT_FALSE(index_key::ParseByOffset({0xab, 4}, key, value));
  EXPECT_FALSE(index_key::ParseByTime(kPartition, key, value));
  EXPECT_FALSE(index_key::ParseByOffset(kPartition, key, value + "x"));
  EXPECT_FALSE(index_key::ParseByOffset(kPartition, key + "x", value));
}

}  // namespace
}  // namespace strata::storage
