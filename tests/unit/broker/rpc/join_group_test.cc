#include "broker/rpc/join_group.h"

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "strata/v1/groups.pb.h"
#include "tests/support/encoded_batch.h"
#include "tests/support/manual_timers.h"
#include "tests/support/memory_stores.h"
#include "tests/unit/broker/groups/group_test.h"

namespace strata::broker {
namespace {

class JoinGroupTest : public ::testing::Test {
 protected:
  JoinGroupTest() {
    EXPECT_TRUE(topics_->Create("t", 1, {}));
    const std::string batch = strata::testing::NumberedBatch("v", 5);
    stores_.logs.Append(PartitionOf("t"), *ParseBatchHeader(batch),
                        {SharedBytes::FromString(batch)}, Durability::kFsync,
                        [](auto result) { EXPECT_TRUE(result); });
    stores_.logs.DrainCallbacks();
    join_.set_group("g");
    join_.mutable_start()->set_edge(v1::Position::EDGE_END);
  }

  storage::PartitionId PartitionOf(const std::string& topic) {
    return (*topics_->Find(topic))->Partition(0);
  }
  Result<void> Join(const EnterGroup& enter,
                    const std::shared_ptr<const TopicPattern>& pattern = nullptr) {
    TopicMatches matching(pattern, [this] { return topics_->List(); });
    return JoinGroup(join_, &matching, {*topics_, groups_, stores_.logs}, enter);
  }
  Result<void> Enter(Group& group, const std::vector<TopicPtr>& named) {
    return group.Join({"a", "", ""}, {}, named, &sink_, [](Generation) {});
  }
  ErrorCode WhyNotFound() {
    const auto found = groups_.Find("g");
    return found ? ErrorCode::INTERNAL : found.error().code;
  }

  RecordingSink sink_;
  strata::testing::MemoryStores stores_;
  strata::testing::ManualTimers timers_;
  Metrics metrics_;
  MemberJournal journal_{metrics_};
  const std::unique_ptr<TopicRegistry> topics_ =
      *TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {});
  GroupRegistry groups_{{stores_.logs, stores_.cursors, timers_, std::chrono::hours(1), 100, 1'000,
                         [this](storage::TopicId id) { return topics_->FindById(id); }, journal_},
                        *topics_,
                        100};
  v1::Join join_;
};

TEST_F(JoinGroupTest, TheFirstMemberSaysWhereItsGroupBegins) {
  join_.add_topics("t");
  ASSERT_TRUE(Join([this](const auto& group, const auto& named) { return Enter(*group, named); }));
  EXPECT_EQ(sink_.held.at(PartitionOf("t")).current, 5);
}

TEST_F(JoinGroupTest, WhatMatchesButCannotBeReadYetKeepsNobodyFromBeginningAtTheBeginning) {
  ASSERT_TRUE(stores_.logs.Remove({PartitionOf("t")}));
  join_.mutable_start()->set_edge(v1::Position::EDGE_BEGINNING);
  join_.set_topic_pattern("t.*");
  const auto pattern = *TopicPattern::Compile(join_.topic_pattern());
  EXPECT_TRUE(Join([](const auto&, const auto&) { return Ok(); }, pattern));
  EXPECT_EQ(stores_.cursors.Load("g").value()->size(), 1u) << "a cursor without offsets";
}

TEST_F(JoinGroupTest, AMemberThatIsRefusedLeavesNoGroupBehind) {
  join_.add_topics("t");
  const auto refused = Join([this](const auto& group, const auto& named) {
    EXPECT_TRUE(topics_->Delete("t"));
    return Enter(*group, named);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(WhyNotFound(), ErrorCode::UNKNOWN_GROUP);
}

TEST_F(JoinGroupTest, AGroupThatSomebodyElseIsInStaysWhenItsFirstMemberIsRefused) {
  join_.add_topics("t");
  EXPECT_FALSE(Join([this](const auto& group, const auto& named) -> Result<void> {
    EXPECT_TRUE(Enter(*group, named));
    return Fail(ErrorCode::UNKNOWN_TOPIC, "deleted");
  }));
  EXPECT_EQ(groups_.Find("g").value()->member_count(), 1);
}

TEST_F(JoinGroupTest, AGroupThatSomebodyElseWasInStaysWithItsCommitsWhenItsFirstMemberIsRefused) {
  join_.add_topics("t");
  EXPECT_FALSE(Join([this](const auto& group, const auto& named) -> Result<void> {
    EXPECT_TRUE(Enter(*group, named));
    const Generation generation = sink_.held.at(PartitionOf("t")).generation;
    group->Commit("a", {{PartitionOf("t"), 5, generation, ""}},
                  [](const CommitOutcome& outcome) { EXPECT_FALSE(outcome.at(0)); });
    stores_.cursors.DrainCallbacks();
    group->Leave("a");
    return Fail(ErrorCode::UNKNOWN_TOPIC, "deleted");
  }));
  const auto group = groups_.Find("g");
  ASSERT_TRUE(group);
  EXPECT_EQ((*group)->Committed(PartitionOf("t")), 5);
}

TEST_F(JoinGroupTest, AnotherGroupOfItsNameStaysWhenAMemberIsRefused) {
  join_.add_topics("t");
  int times = 0;
  EXPECT_FALSE(Join([&](const auto&, const auto&) -> Result<void> {
    if (++times == 2) return Fail(ErrorCode::UNKNOWN_TOPIC, "deleted");
    EXPECT_TRUE(groups_.Delete("g"));
    EXPECT_TRUE(groups_.GetOrCreate("g", {}));
    return Fail(ErrorCode::UNKNOWN_GROUP, "deleted");
  }));
  EXPECT_TRUE(groups_.Find("g"));
}

TEST_F(JoinGroupTest, AGroupThatWasThereBeforeStaysWhenAMemberIsRefused) {
  join_.add_topics("t");
  ASSERT_TRUE(groups_.GetOrCreate("g", {}));
  EXPECT_FALSE(
      Join([](const auto&, const auto&) { return Fail(ErrorCode::UNKNOWN_TOPIC, "deleted"); }));
  EXPECT_TRUE(groups_.Find("g"));
}

TEST_F(JoinGroupTest, AGroupThatIsDeletedMeanwhileIsMadeAnew) {
  join_.add_topics("t");
  bool deleted = false;
  ASSERT_TRUE(Join([&](const auto& group, const auto& named) {
    if (!std::exchange(deleted, true)) {
      EXPECT_TRUE(groups_.Delete("g"));
    }
    return Enter(*group, named);
  }));
  EXPECT_EQ(groups_.Find("g").value()->member_count(), 1);
}

}  // namespace
}  // namespace strata::broker
