#include "storage/log/segment_survey.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/log_batches.h"
#include "tests/support/memory_file.h"
#include "tests/support/placed_batch.h"

namespace strata::storage {
namespace {

using strata::testing::MakeBatchOfSize;
using strata::testing::MemoryFile;
using strata::testing::Placed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Offset kBatches = 6;
const std::int64_t kBatchBytes = static_cast<std::int64_t>(MakeBatchOfSize(200).size());

class SegmentSurveyTest : public ::testing::Test {
 protected:
  SegmentSurveyTest() {
    for (Offset offset = 0; offset < kBatches; ++offset) {
      file_.content += Placed(MakeBatchOfSize(200), offset);
    }
  }

  void Damage(Offset offset) {
    char& byte = file_.content[static_cast<std::size_t>(offset * kBatchBytes + 100)];
    byte = static_cast<char>(~byte);
  }

  SegmentSurvey Survey(Offset highest = kBatches, Offset step_over_below = kBatches) {
    seen_.clear();
    const auto size = static_cast<std::int64_t>(file_.content.size());
    return SurveySegment(
               file_, {0, 0, 0, size, highest, step_over_below},
               [this](const BatchPlace& batch) { seen_.push_back(batch.header.base_offset); })
        .value();
  }

  MemoryFile file_;
  std::vector<Offset> seen_;
};

TEST_F(SegmentSurveyTest, AnIntactSegmentIsWalkedToItsEnd) {
  const SegmentSurvey survey = Survey();
  EXPECT_THAT(seen_, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(survey.damage, IsEmpty());
  EXPECT_EQ(survey.next_offset, kBatches);
  EXPECT_EQ(survey.end_position, kBatches * kBatchBytes);
  EXPECT_EQ(survey.end, ScanEnd::kEndOfData);
}

TEST_F(SegmentSurveyTest, DamageIsSteppedOverAsOftenAsThereIsSome) {
  Damage(1);
  Damage(3);
  Damage(4);
  const SegmentSurvey survey = Survey();
  EXPECT_THAT(seen_, ElementsAre(0, 2, 5));
  ASSERT_EQ(survey.damage.size(), 2u);
  EXPECT_EQ(survey.damage[0].begin, 1);
  EXPECT_EQ(survey.damage[0].end, 2);
  EXPECT_EQ(survey.damage[0].position, kBatchBytes);
  EXPECT_EQ(survey.damage[0].resume_position, 2 * kBatchBytes);
  EXPECT_EQ(survey.damage[1].begin, 3);
  EXPECT_EQ(survey.damage[1].end, 5);
  EXPECT_EQ(survey.next_offset, kBatches);
}

TEST_F(SegmentSurveyTest, DamageThatReachesTheEndIsWhereItEnds) {
  Damage(4);
  Damage(5);
  const SegmentSurvey survey = Survey();
  EXPECT_THAT(survey.damage, IsEmpty());
  EXPECT_EQ(survey.next_offset, 4);
  EXPECT_EQ(survey.end_position, 4 * kBatchBytes);
  EXPECT_EQ(survey.end, ScanEnd::kBadCrc);
}

TEST_F(SegmentSurveyTest, DamageFromTheGivenOffsetOnIsNotSteppedOver) {
  Damage(1);
  Damage(3);
  const SegmentSurvey survey = Survey(kBatches, /*step_over_below=*/3);
  EXPECT_THAT(seen_, ElementsAre(0, 2));
  EXPECT_EQ(survey.damage.size(), 1u);
  EXPECT_EQ(survey.next_offset, 3);
  EXPECT_EQ(survey.end, ScanEnd::kBadCrc);
}

TEST_F(SegmentSurveyTest, BytesInBetweenBreakTheWalkButLoseNoOffset) {
  file_.content.insert(static_cast<std::size_t>(2 * kBatchBytes), "strange bytes");
  const SegmentSurvey survey = Survey();
  EXPECT_THAT(seen_, ElementsAre(0, 1, 2, 3, 4, 5));
  ASSERT_EQ(survey.damage.size(), 1u);
  EXPECT_EQ(survey.damage[0].begin, 2);
  EXPECT_EQ(survey.damage[0].end, 2);
  EXPECT_EQ(survey.next_offset, kBatches);
}

TEST_F(SegmentSurveyTest, WhatBelongsToTheNextSegmentDoesNotCount) {
  const SegmentSurvey survey = Survey(/*highest=*/4, /*step_over_below=*/4);
  EXPECT_THAT(seen_, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(survey.next_offset, 4);
}

}  // namespace
}  // namespace strata::storage
