#include "proto/batch/producer_sequence.h"

#include <limits>

#include <gtest/gtest.h>

namespace strata {
namespace {

constexpr std::int32_t kLast = std::numeric_limits<std::int32_t>::max();

TEST(ProducerSequence, BeginsAgainWith0BehindTheGreatest) {
  EXPECT_EQ(AdvanceSequence(0, 0), 0);
  EXPECT_EQ(AdvanceSequence(5, 3), 8);
  EXPECT_EQ(AdvanceSequence(kLast, 0), kLast);
  EXPECT_EQ(AdvanceSequence(kLast, 1), 0);
  EXPECT_EQ(AdvanceSequence(kLast - 1, 5), 3);
  EXPECT_EQ(AdvanceSequence(kLast, kLast), kLast - 1);
  EXPECT_EQ(AdvanceSequence(7, std::int64_t{1} << 31), 7);
}

}  // namespace
}  // namespace strata
