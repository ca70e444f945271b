#include "client/cli/suggestion.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

TEST(NearestWord, IsTheOneThatWasMeant) {
  EXPECT_EQ(NearestWord("topc", {"group", "topic", "produce"}), "topic");
  EXPECT_EQ(NearestWord("lst", {"list", "delete"}), "list");
  EXPECT_EQ(NearestWord("--partition", {"--config", "--partitions"}), "--partitions");
}

TEST(NearestWord, IsNothingIfNoneIsClose) {
  EXPECT_EQ(NearestWord("frobnicate", {"topic", "group"}), "");
  EXPECT_EQ(NearestWord("", {"a", "b"}), "");
  EXPECT_EQ(NearestWord("topic", {}), "");
  EXPECT_EQ(NearestWord(std::string(1'000'000, 'x'), {"topic"}), "");
}

}  // namespace
}  // namespace strata::cli
