#include "broker/groups/group_registry.h"

#include <gtest/gtest.h>

#include "tests/support/manual_timers.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

class GroupRegistryTest : public ::testing::Test {
 protected:
  std::unique_ptr<GroupRegistry> MakeRegistry() {
    return std::make_unique<GroupRegistry>(
        Group::Environment{stores_.logs, stores_.cursors, timers_, std::chrono::hours(1), 100,
                           1'000, [this](storage::TopicId id) { return topics_->FindById(id); },
                           journal_},
        *topics_, 2);
  }

  strata::testing::MemoryStores stores_;
  strata::testing::ManualTimers timers_;
  Metrics metrics_;
  MemberJournal journal_{metrics_};
  const std::unique_ptr<TopicRegistry> topics_ =
      *TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {});
  const TopicPtr topic_ = *topics_->Create("t", 1, {});
  const storage::PartitionId partition_ = topic_->Partition(0);
  const std::vector<storage::CursorEntry> first_ = {{partition_, {.current = 5, .committed = 5}}};
  const std::vector<storage::CursorEntry> other_ = {{partition_, {.current = 7, .committed = 7}}};
};

TEST_F(GroupRegistryTest, AGroupIsMadeTogetherWithItsFirstCursors) {
  int changes = 0;
  stores_.cursors.fault = [&]() -> Result<void> {
    ++changes;
    return Ok();
  };
  const auto made = MakeRegistry()->GetOrCreate("g", first_);
  ASSERT_TRUE(made);
  EXPECT_EQ(changes, 1) << "so that no crash can come between";
  EXPECT_EQ(made->group->Committed(partition_), 5);
  EXPECT_EQ((*MakeRegistry()->Find("g"))->Committed(partition_), 5);
}

TEST_F(GroupRegistryTest, OnlyTheFirstMemberSaysWhereAGroupBegins) {
  const auto groups = MakeRegistry();
  EXPECT_TRUE(groups->GetOrCreate("g", first_)->is_new);
  EXPECT_FALSE(groups->GetOrCreate("g", other_)->is_new);
  EXPECT_EQ(groups->GetOrCreate("g", other_)->group->Committed(partition_), 5);
  EXPECT_EQ(MakeRegistry()->GetOrCreate("g", other_)->group->Committed(partition_), 5);
}

TEST_F(GroupRegistryTest, AGroupThatFoundNothingAtFirstIsThereAllTheSame) {
  ASSERT_TRUE(MakeRegistry()->GetOrCreate("g", {}));
  EXPECT_EQ(MakeRegistry()->GetOrCreate("g", other_)->group->Committed(partition_), kNoOffset);
}

TEST_F(GroupRegistryTest, AGroupWhoseFirstCursorsAreRefusedIsNotMade) {
  const auto groups = MakeRegistry();
  stores_.cursors.fault = []() -> Result<void> { return Fail(ErrorCode::DISK_FULL, "no room"); };
  EXPECT_EQ(groups->GetOrCreate("g", first_).error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(groups->Find("g").error().code, ErrorCode::UNKNOWN_GROUP);
  stores_.Heal();
  EXPECT_EQ(groups->GetOrCreate("g", other_)->group->Committed(partition_), 7) << "it is still new";
}

TEST_F(GroupRegistryTest, AGroupIsMadeWithoutCursorsOfATopicThatWasDeletedMeanwhile) {
  const auto groups = MakeRegistry();
  const storage::PartitionId kept = (*topics_->Create("kept", 1, {}))->Partition(0);
  ASSERT_TRUE(topics_->Delete("t"));
  auto first = first_;
  first.push_back({kept, {.current = 9, .committed = 9}});
  const auto made = groups->GetOrCreate("g", first);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->group->Committed(kept), 9);
  EXPECT_EQ(made->group->Committed(partition_), kNoOffset);
  const auto stored = stores_.cursors.Load("g");
  ASSERT_EQ((*stored)->size(), 1u) << "nobody would ever delete the other";
  EXPECT_EQ((*stored)->front().partition, kept);
}

TEST_F(GroupRegistryTest, AGroupAllOfWhoseTopicsWereDeletedMeanwhileIsThereAllTheSame) {
  const auto groups = MakeRegistry();
  ASSERT_TRUE(topics_->Delete("t"));
  ASSERT_TRUE(groups->GetOrCreate("g", first_));
  EXPECT_TRUE(MakeRegistry()->Find("g"));
}

}  // namespace
}  // namespace strata::broker
