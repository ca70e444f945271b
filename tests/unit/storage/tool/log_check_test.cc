#include "storage/tool/verify/log_check.h"

#include <gmock/gmock.h>

namespace strata::storage::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr PartitionId kPartition{1, 0};

// Offsets 0 to 9 in 1000 bytes, and 10 to 14 in 500.
SegmentFacts First() {
  return {.base_offset = 0, .file_bytes = 1000, .end_position = 1000, .next_offset = 10};
}
SegmentFacts Last() {
  return {.base_offset = 10, .file_bytes = 500, .end_position = 500, .next_offset = 15};
}

auto Is(Severity severity, const std::string& what) {
  return AllOf(Field(&Finding::severity, severity), Field(&Finding::what, HasSubstr(what)));
}
auto Is(Severity severity, std::int64_t position, std::int64_t bytes) {
  return AllOf(Field(&Finding::severity, severity), Field(&Finding::position, position),
               Field(&Finding::bytes, bytes));
}
auto Is(Severity severity, OffsetRange offsets) {
  return AllOf(Field(&Finding::severity, severity), Field(&Finding::offsets, offsets));
}

TEST(LogCheck, FindsNothingInALogThatIsWhole) {
  LoadedState state{.log_start = 0, .stable = 15};
  state.sealed[0] = {0, 10, 1000, kNoTimestamp};
  state.clean_end = CleanEnd{10, 15, 500, kNoTimestamp};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}), IsEmpty());
  EXPECT_THAT(CheckLog(kPartition, nullptr, {First(), Last()}), IsEmpty());
}

TEST(LogCheck, FindsNothingInALogThatHasNeverHadARecord) {
  const LoadedState state;
  EXPECT_THAT(CheckLog(kPartition, &state, {}), IsEmpty());
}

TEST(LogCheck, MissesTheSegmentsOfALogThatHadRecords) {
  const LoadedState state{.log_start = 3, .stable = 15};
  EXPECT_THAT(CheckLog(kPartition, &state, {}),
              ElementsAre(Is(Severity::kDamage, OffsetRange{3, 15})));
}

TEST(LogCheck, MissesASegmentAtTheStartInTheMiddleAndAtTheEnd) {
  const LoadedState state{.log_start = 0, .stable = 15};
  EXPECT_THAT(CheckLog(kPartition, &state, {Last()}),
              ElementsAre(Is(Severity::kDamage, OffsetRange{0, 10})));
  EXPECT_THAT(CheckLog(kPartition, &state, {First()}),
              ElementsAre(Is(Severity::kDamage, OffsetRange{10, 15})));
  const LoadedState longer{.log_start = 0, .stable = 20};
  SegmentFacts third{.base_offset = 17, .next_offset = 20};
  EXPECT_THAT(CheckLog(kPartition, &longer, {First(), Last(), third}),
              ElementsAre(Is(Severity::kDamage, OffsetRange{15, 17})));
}

TEST(LogCheck, ALogStartWithinTheFirstSegmentIsFine) {
  const LoadedState state{.log_start = 4, .stable = 15};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}), IsEmpty());
}

TEST(LogCheck, ABadEndBeyondTheStableOffsetIsTorn) {
  const LoadedState state{.log_start = 0, .stable = 15};
  SegmentFacts last = Last();
  last.end = ScanEnd::kIncompleteBatch;
  last.file_bytes = 540;
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), last}),
              ElementsAre(Is(Severity::kTorn, 500, 40)));
}

TEST(LogCheck, ABadEndBelowTheStableOffsetIsDamage) {
  const LoadedState state{.log_start = 0, .stable = 16};
  SegmentFacts last = Last();
  last.end = ScanEnd::kBadCrc;
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), last}),
              ElementsAre(Is(Severity::kDamage, OffsetRange{15, 16})));
}

TEST(LogCheck, WithoutWhatTheBrokerKnowsABadEndCountsAsDamage) {
  SegmentFacts last = Last();
  last.end = ScanEnd::kIncompleteHeader;
  EXPECT_THAT(CheckLog(kPartition, nullptr, {last}),
              ElementsAre(Is(Severity::kDamage, "no good batch follows")));
}

TEST(LogCheck, AGapIsDamageUnlessItMayBeTheTraceOfACrash) {
  const LoadedState state{.log_start = 0, .stable = 12};
  SegmentFacts first = First();
  first.gaps = {{100, 200, {3, 5}, ScanEnd::kBadCrc}};
  SegmentFacts last = Last();
  last.gaps = {{100, 200, {11, 12}, ScanEnd::kBadCrc}, {300, 400, {13, 14}, ScanEnd::kBadCrc}};
  EXPECT_THAT(CheckLog(kPartition, &state, {first, last}),
              ElementsAre(Is(Severity::kDamage, OffsetRange{3, 5}),
                          Is(Severity::kDamage, OffsetRange{11, 12}),
                          Is(Severity::kTorn, OffsetRange{13, 14})));
}

TEST(LogCheck, BytesBehindASealedSegmentAreStray) {
  const LoadedState state{.log_start = 0, .stable = 15};
  SegmentFacts first = First();
  first.end = ScanEnd::kZeroedTail;
  first.file_bytes = 1100;
  EXPECT_THAT(CheckLog(kPartition, &state, {first, Last()}),
              ElementsAre(Is(Severity::kStray, 1000, 100)));
}

TEST(LogCheck, ANoteOfASealedSegmentIsBelievedOnlyIfItLeadsToTheNext) {
  LoadedState state{.log_start = 0, .stable = 15};
  state.sealed[0] = {0, 10, 999, kNoTimestamp};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}),
              ElementsAre(Is(Severity::kDamage, "999 bytes")));
  state.sealed[0] = {0, 9, 999, kNoTimestamp};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}),
              ElementsAre(Is(Severity::kHint, "9 comes next")));
}

TEST(LogCheck, ANoteOfTheCleanStopMustFit) {
  LoadedState state{.log_start = 0, .stable = 15};
  state.clean_end = CleanEnd{10, 15, 400, kNoTimestamp};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}),
              ElementsAre(Is(Severity::kDamage, "log end 15 at 400")));
  state.clean_end = CleanEnd{10, 14, 400, kNoTimestamp};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}),
              ElementsAre(Is(Severity::kHint, "an older copy")));
  state.clean_end = CleanEnd{0, 14, 400, kNoTimestamp};
  EXPECT_THAT(CheckLog(kPartition, &state, {First(), Last()}),
              ElementsAre(Is(Severity::kHint, "log end 14")));
}

Truth TruthWith(GroupCursor cursor) {
  Truth truth;
  truth.groups = {"g"};
  truth.cursors = {std::move(cursor)};
  return truth;
}

TEST(CursorCheck, ACursorUpToTheLogEndIsFine) {
  const Truth truth = TruthWith({"g", kPartition, {.current = 15, .committed = 15}});
  EXPECT_THAT(CheckCursors(truth, {{kPartition, 15}}), IsEmpty());
}

TEST(CursorCheck, ACursorBeyondTheLogEndIsDamage) {
  const Truth current = TruthWith({"g", kPartition, {.current = 16, .committed = 2}});
  EXPECT_THAT(CheckCursors(current, {{kPartition, 15}}),
              ElementsAre(Is(Severity::kDamage, "ends at 15")));
  const Truth committed = TruthWith({"g", kPartition, {.current = 2, .committed = 16}});
  EXPECT_THAT(CheckCursors(committed, {{kPartition, 15}}),
              ElementsAre(Is(Severity::kDamage, "committed 16")));
}

TEST(CursorCheck, ACursorOnALogThatIsGoneIsStray) {
  const Truth truth = TruthWith({"g", {9, 9}, {.current = 1, .committed = 1}});
  EXPECT_THAT(CheckCursors(truth, {{kPartition, 15}}),
              ElementsAre(Is(Severity::kStray, "not there")));
}

TEST(CursorCheck, ACursorOfAGroupWithoutAnEntryIsDamage) {
  const Truth truth = TruthWith({"h", kPartition, {.current = 1, .committed = 1}});
  EXPECT_THAT(CheckCursors(truth, {{kPartition, 15}}),
              ElementsAre(Is(Severity::kDamage, "no entry")));
}

}  // namespace
}  // namespace strata::storage::tool
