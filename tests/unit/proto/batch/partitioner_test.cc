#include "proto/batch/partitioner.h"

#include <string>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(Murmur2, GivesTheValuesThatKafkaTestsItsOwnWith) {
  const auto signed_murmur2 = [](std::string_view key) {
    return static_cast<std::int32_t>(Murmur2(key));
  };
  EXPECT_EQ(signed_murmur2("21"), -973932308);
  EXPECT_EQ(signed_murmur2("foobar"), -790332482);
  EXPECT_EQ(signed_murmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(signed_murmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(signed_murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(signed_murmur2("abc"), 479470107);
}

TEST(PartitionForKey, DropsTheSignBitAsKafkaDoes) {
  EXPECT_EQ(PartitionForKey("foobar", 1000), (-790332482 & 0x7fffffff) % 1000);
  EXPECT_EQ(PartitionForKey("abc", 7), 479470107 % 7);
}

TEST(PartitionForKey, StaysWithinThePartitionsForEveryLengthOfKey) {
  std::string key;
  for (int length = 0; length < 64; ++length) {
    for (const std::int32_t count : {1, 2, 3, 10'000, 0x7fffffff}) {
      const std::int32_t partition = PartitionForKey(key, count);
      EXPECT_GE(partition, 0);
      EXPECT_LT(partition, count);
    }
    key.push_back(static_cast<char>(200 + length));
  }
}

}  // namespace
}  // namespace strata
