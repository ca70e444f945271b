#include "broker/groups/first_cursors.h"

#include <gtest/gtest.h>

#include "tests/support/group_fixture.h"

namespace strata::broker {
namespace {

class FirstCursorsTest : public testing::GroupFixture {
 protected:
  // As a resolved position.
  Result<std::optional<Offset>> AtEnd(PartitionId partition) {
    STRATA_TRY_ASSIGN(const auto ends, logs_.Ends(partition));
    return ends.visible;
  }
  const StartOffset at_end_ = [this](PartitionId partition) { return AtEnd(partition); };
  const StartOffset at_log_start_ = [](PartitionId) { return std::nullopt; };
};

TEST_F(FirstCursorsTest, AnyStartButTheLogStartIsMarked) {
  const TopicPtr topic = MakeTopic(1, 2);
  Append({1, 1}, 5);
  const auto first = FirstCursors({topic}, at_end_, logs_);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->at(0).cursor.current, 0);
  EXPECT_EQ(first->at(0).cursor.committed, kNoOffset) << "the end is the log start";
  EXPECT_EQ(first->at(1).partition, (PartitionId{1, 1}));
  EXPECT_EQ(first->at(1).cursor.current, 5);
  EXPECT_EQ(first->at(1).cursor.committed, 5);
}

// One bad spot of a disk keeps one log from being served, and no group from being made.
TEST_F(FirstCursorsTest, TheLogStartIsKnownOfALogThatIsNotOpen) {
  const TopicPtr topic = MakeTopic(1, 2);
  ASSERT_TRUE(logs_.Remove({{1, 1}}));
  const auto first = FirstCursors({topic}, at_log_start_, logs_);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->at(1).cursor, storage::Cursor());
}

TEST_F(FirstCursorsTest, ATopicThatIsDeletedMeanwhileHasNone) {
  const TopicPtr deleted = MakeTopic(1, 2);
  const TopicPtr kept = MakeTopic(2, 1);
  ASSERT_TRUE(logs_.Remove({{1, 1}}));
  const auto first = FirstCursors({deleted, kept}, at_end_, logs_);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 1u);
  EXPECT_EQ(first->front().partition, (PartitionId{2, 0}));
}

TEST_F(FirstCursorsTest, AStartThatCannotBeFoundIsAnError) {
  const TopicPtr topic = MakeTopic(1, 1);
  const auto first = FirstCursors(
      {topic},
      [](PartitionId) { return Fail(ErrorCode::OFFSET_OUT_OF_RANGE, "there is no such place"); },
      logs_);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::OFFSET_OUT_OF_RANGE);
}

}  // namespace
}  // namespace strata::broker
