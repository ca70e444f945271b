// A group over fake stores, with topics and records, for tests of groups and of delivery.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/groups/group.h"
#include "tests/support/encoded_batch.h"
#include "tests/support/fake_cursor_store.h"
#include "tests/support/fake_log_store.h"

namespace strata::testing {

class GroupFixture : public ::testing::Test {
 protected:
  using PartitionId = storage::PartitionId;

  broker::TopicPtr MakeTopic(storage::TopicId id, std::int32_t partitions) {
    auto topic = std::make_shared<broker::Topic>();
    topic->id = id;
    topic->name = "topic" + std::to_string(id);
    topic->partition_count = partitions;
    for (std::int32_t i = 0; i < partitions; ++i) {
      EXPECT_TRUE(logs_.Open(topic->Partition(i), {}));
    }
    return topic;
  }

  // Appends a batch of `count` records and waits until it is acknowledged.
  void Append(PartitionId partition, int count, const std::string& prefix = "v") {
    const std::string batch = NumberedBatch(prefix, count);
    logs_.Append(partition, *ParseBatchHeader(batch), SharedBytes::FromString(batch),
                 Durability::kFsync, [](auto result) { EXPECT_TRUE(result); });
    logs_.DrainCallbacks();
  }

  std::shared_ptr<broker::Group> MakeGroup(
      std::chrono::milliseconds revoke_timeout = std::chrono::hours(1)) {
    EXPECT_TRUE(cursors_.CreateGroup("g"));
    return std::make_shared<broker::Group>(
        "g",
        broker::Group::Environment{
            logs_, cursors_, timers_, revoke_timeout, 100, 1'000,
            [this](storage::TopicId topic) { return deleted_topic_ != topic; }},
        cursors_.Load("g")->value());
  }

  broker::Group::StartOffset FromBeginning() {
    return [this](PartitionId partition) { return Ends(partition).log_start; };
  }
  broker::Group::StartOffset FromEnd() {
    return [this](PartitionId partition) { return Ends(partition).visible; };
  }
  storage::LogEnds Ends(PartitionId partition) { return logs_.Ends(partition).value(); }

  FakeLogStore logs_;
  FakeCursorStore cursors_;
  broker::Timers timers_;
  storage::TopicId deleted_topic_ = 0;
};

}  // namespace strata::testing
