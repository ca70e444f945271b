#include "client/cli/line_splitter.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::cli {
namespace {

using ::testing::ElementsAre;
using Lines = std::vector<std::string>;

// Cut into blocks of `block_bytes`.
Lines Split(std::string_view text, std::size_t block_bytes) {
  LineSplitter splitter(1 << 20);
  Lines lines;
  const auto collect = [&](std::string_view line) { lines.emplace_back(line); };
  while (!text.empty()) {
    EXPECT_TRUE(splitter.Feed(text.substr(0, block_bytes), collect));
    text.remove_prefix(std::min(block_bytes, text.size()));
  }
  splitter.Finish(collect);
  return lines;
}

TEST(LineSplitter, LinesAreWhatStandsBetweenNewlinesHoweverTheBlocksFall) {
  const std::string text("one\n\ntwo\r\nth\0ree\n\xff\n", 19);
  for (std::size_t block = 1; block <= text.size(); ++block) {
    EXPECT_THAT(Split(text, block),
                ElementsAre("one", "", "two\r", std::string("th\0ree", 6), "\xff"))
        << block;
  }
}

TEST(LineSplitter, TheLastLineCountsWithoutANewlineToo) {
  EXPECT_THAT(Split("a\nb", 100), ElementsAre("a", "b"));
  EXPECT_THAT(Split("a\nb\n", 100), ElementsAre("a", "b"));
  EXPECT_THAT(Split("b", 1), ElementsAre("b"));
}

TEST(LineSplitter, EmptyLinesAreLinesAndEmptyInputHasNone) {
  EXPECT_THAT(Split("", 1), ElementsAre());
  EXPECT_THAT(Split("\n", 1), ElementsAre(""));
  EXPECT_THAT(Split("\n\n", 1), ElementsAre("", ""));
}

TEST(LineSplitter, ALineUpToTheLimitWorksAndALongerOneDoesNot) {
  LineSplitter splitter(5);
  Lines lines;
  const auto collect = [&](std::string_view line) { lines.emplace_back(line); };
  EXPECT_TRUE(splitter.Feed("123", collect));
  EXPECT_TRUE(splitter.Feed("45\n", collect));
  EXPECT_TRUE(splitter.Feed("123", collect));
  EXPECT_FALSE(splitter.Feed("456\n", collect));
  EXPECT_THAT(lines, ElementsAre("12345"));
}

}  // namespace
}  // namespace strata::cli
