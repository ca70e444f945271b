#include "bench/compare/drivers/stream_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::compare {
namespace {

TEST(StreamNames, EachPartitionHasOneOfItsOwn) {
  EXPECT_THAT(StreamNames({.topic = "t", .partitions = 3}),
              testing::ElementsAre("t-0", "t-1", "t-2"));
}

}  // namespace
}  // namespace strata::compare
