#include "broker/rpc/groups_handler.h"

#include <gtest/gtest.h>

#include "broker/threads/timers.h"
#include "proto/batch/record_batch.h"
#include "strata/v1/groups.pb.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

// Remembers the generation under which it holds a partition.
class Holder : public MemberSink {
 public:
  void OnAssigned(Generation, const std::vector<Assignment>& assignments, std::uint64_t) override {
    generation = assignments.at(0).generation;
  }
  void OnRevoked(const std::vector<PartitionId>&, std::chrono::milliseconds,
                 std::string_view) override {}
  void OnReplaced() override {}

  Generation generation = 0;
};

class GroupsHandlerTest : public ::testing::Test {
 protected:
  GroupsHandlerTest() {
    topic_ = *topics_->Create("t", 1, {});
    EXPECT_TRUE(group_->Join({"a", "client", "peer"}, {}, {topic_}, &holder_, [](Generation) {}));
  }
  ~GroupsHandlerTest() override {
    group_->Leave("a");
    stores_.cursors.DrainCallbacks();
  }

  // Appends a record that was made so long ago.
  void Append(std::chrono::seconds age) {
    RecordBatchBuilder builder;
    RecordView record;
    record.value = "value";
    record.timestamp_ms = WallClockMs() - std::chrono::milliseconds(age).count();
    builder.Add(record);
    const std::string batch = builder.Finish();
    stores_.logs.Append(topic_->Partition(0), *ParseBatchHeader(batch),
                        {SharedBytes::FromString(batch)}, Durability::kFsync, [](auto) {});
    stores_.logs.DrainCallbacks();
  }

  v1::GroupPartition Describe() {
    v1::DescribeGroupRequest request;
    request.set_group("g");
    return handler_.Handle(request).value().partitions(0);
  }

  strata::testing::MemoryStores stores_;
  std::unique_ptr<TopicRegistry> topics_ =
      *TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {});
  ThreadTimers timers_;
  Metrics metrics_;
  MemberJournal journal_{metrics_};
  GroupRegistry groups_{{stores_.logs, stores_.cursors, timers_, std::chrono::hours(1), 100, 1'000,
                         [this](storage::TopicId id) { return topics_->FindById(id); }, journal_},
                        *topics_,
                        100};
  std::shared_ptr<Group> group_ = groups_.GetOrCreate("g", {})->group;
  GroupsHandler handler_{groups_, *topics_, stores_.logs};
  Holder holder_;
  TopicPtr topic_;
};

TEST_F(GroupsHandlerTest, EachCursorHasItsLagInRecordsAndInSeconds) {
  Append(std::chrono::seconds(3'000));
  Append(std::chrono::seconds(1'000));
  group_->Delivered("a", topic_->Partition(0), holder_.generation, 1);
  const v1::GroupPartition partition = Describe();
  EXPECT_EQ(partition.lag_records(), 2);
  EXPECT_EQ(partition.lag_delivery_records(), 1);
  EXPECT_GE(partition.lag_seconds(), 3'000);
  EXPECT_GE(partition.lag_delivery_seconds(), 1'000);
  EXPECT_LT(partition.lag_delivery_seconds(), 3'000);
}

TEST_F(GroupsHandlerTest, WhatIsDeliveredInFullHasNoDeliveryLag) {
  Append(std::chrono::seconds(3'000));
  group_->Delivered("a", topic_->Partition(0), holder_.generation, 1);
  EXPECT_EQ(Describe().lag_delivery_records(), 0);
  EXPECT_EQ(Describe().lag_delivery_seconds(), 0);
  EXPECT_GE(Describe().lag_seconds(), 3'000);
}

}  // namespace
}  // namespace strata::broker
