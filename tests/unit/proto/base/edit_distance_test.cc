#include "proto/base/edit_distance.h"

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(EditDistance, CountsLettersPutInTakenOutAndReplaced) {
  EXPECT_EQ(EditDistance("topic", "topic"), 0u);
  EXPECT_EQ(EditDistance("topc", "topic"), 1u);
  EXPECT_EQ(EditDistance("toppic", "topic"), 1u);
  EXPECT_EQ(EditDistance("tobic", "topic"), 1u);
  EXPECT_EQ(EditDistance("", "topic"), 5u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace strata
