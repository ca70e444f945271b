#include "storage/tool/verify/index_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "storage/index/offset_index.h"

namespace strata::storage::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A batch of one record and 100 bytes at each offset, with a timestamp of 1000 + offset, but for
// the one at offset 2, which has 5000.
BatchPlace BatchAt(Offset offset, std::int64_t bytes = 100) {
  BatchPlace batch;
  batch.header.base_offset = offset;
  batch.header.batch_length = static_cast<std::int32_t>(bytes) - 12;
  batch.header.max_timestamp_ms = offset == 2 ? 5000 : 1000 + offset;
  batch.position = offset * bytes;
  return batch;
}

// What is stale is marked as such.
std::vector<std::string> Sentences(std::vector<IndexProblem> problems) {
  std::vector<std::string> sentences;
  for (const IndexProblem& problem : problems) {
    sentences.push_back((problem.stale ? "stale: " : "") + problem.what);
  }
  return sentences;
}

std::vector<std::string> ProblemsOf(SegmentIndex index) {
  IndexCheck check(std::move(index), /*generation=*/0);
  for (Offset offset = 0; offset < 10; ++offset) check.Add(BatchAt(offset));
  return Sentences(check.Finish(1000));
}

TEST(IndexCheck, AgreesWithARightIndex) {
  EXPECT_THAT(
      ProblemsOf(
          {{{1, 0, 100, 1001}, {4, 0, 400, 5000}}, {{1, 0, 100, 1001}, {4, 0, 400, 5000}}, 1000}),
      IsEmpty());
  EXPECT_THAT(ProblemsOf({}), IsEmpty());
}

TEST(IndexCheck, NamesAnEntryThatPointsBesideABatch) {
  EXPECT_THAT(ProblemsOf({{{1, 0, 101, 1001}}, {}, 0}), ElementsAre(HasSubstr("position 101")));
  EXPECT_THAT(ProblemsOf({{}, {{1, 0, 101, 1001}}, 0}), ElementsAre(HasSubstr("position 101")));
}

TEST(IndexCheck, NamesAnEntryBehindTheEnd) {
  EXPECT_THAT(ProblemsOf({{{10, 0, 1000, 5000}}, {{10, 0, 1000, 5000}}, 0}),
              ElementsAre(AllOf(StartsWith("stale: "), HasSubstr("by offset")),
                          AllOf(StartsWith("stale: "), HasSubstr("by time"))));
}

TEST(IndexCheck, NamesAnEntryWithAnotherOffset) {
  EXPECT_THAT(ProblemsOf({{{2, 0, 100, 1001}}, {}, 0}), ElementsAre(HasSubstr("which is 1")));
  EXPECT_THAT(ProblemsOf({{}, {{2, 0, 100, 1001}}, 0}), ElementsAre(HasSubstr("which is 1")));
}

TEST(IndexCheck, NamesATimeThatDoesNotHold) {
  EXPECT_THAT(ProblemsOf({{{4, 0, 400, 1004}}, {}, 0}), ElementsAre(HasSubstr("which is 5000")));
  EXPECT_THAT(ProblemsOf({{}, {{4, 0, 400, 1004}}, 0}), ElementsAre(HasSubstr("but 5000 is")));
}

TEST(IndexCheck, ATimeThatIsHigherThanItMustBeHolds) {
  EXPECT_THAT(ProblemsOf({{}, {{4, 0, 400, 6000}}, 0}), IsEmpty());
}

TEST(IndexCheck, WhatSpeaksOfAnotherFileCountsForNothing) {
  EXPECT_THAT(ProblemsOf({{{1, 0, 101, 1001, /*generation=*/2}}, {}, 5000, 2}), IsEmpty());
}

TEST(IndexCheck, NamesCoverageBehindTheEnd) {
  EXPECT_THAT(ProblemsOf({{}, {}, 1001}), ElementsAre(HasSubstr("1001")));
}

TEST(IndexCheck, NamesAHoleInWhatIsSaidToBeComplete) {
  const auto problems = [](std::int64_t covered) {
    IndexCheck check({{}, {}, covered}, /*generation=*/0);
    for (Offset offset = 0; offset < 40; ++offset) check.Add(BatchAt(offset, kIndexIntervalBytes));
    return Sentences(check.Finish(40 * kIndexIntervalBytes));
  };
  EXPECT_THAT(problems(40 * kIndexIntervalBytes),
              ElementsAre(HasSubstr("no entry"), HasSubstr("no entry")));
  EXPECT_THAT(problems(0), IsEmpty());
}

}  // namespace
}  // namespace strata::storage::tool
