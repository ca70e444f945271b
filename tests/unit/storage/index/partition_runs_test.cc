#include "storage/index/partition_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::storage {

void PrintTo(const PartitionRun& run, std::ostream* out) {
  *out << run.first.topic << ": " << run.first.partition << " to " << run.last.topic << ": "
       << run.last.partition;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PartitionRuns, NeighboursOfOneTopicAreOneRunWhateverTheirOrder) {
  EXPECT_THAT(RunsOf({{7, 2}, {7, 0}, {7, 1}, {7, 1}}), ElementsAre(PartitionRun{{7, 0}, {7, 2}}));
}

TEST(PartitionRuns, AGapOrAnotherTopicBeginsANewRun) {
  EXPECT_THAT(RunsOf({{7, 0}, {7, 2}, {8, 3}, {8, 4}}),
              ElementsAre(PartitionRun{{7, 0}, {7, 0}}, PartitionRun{{7, 2}, {7, 2}},
                          PartitionRun{{8, 3}, {8, 4}}));
}

TEST(PartitionRuns, NothingHasNoRun) {
  EXPECT_THAT(RunsOf({}), IsEmpty());
}

}  // namespace
}  // namespace strata::storage
