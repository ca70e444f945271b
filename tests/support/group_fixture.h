// A group over fake stores, with topics and records, for tests of groups and of delivery.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/groups/first_cursors.h"
#include "broker/groups/group.h"
#include "tests/support/encoded_batch.h"
#include "tests/support/fake_cursor_store.h"
#include "tests/support/fake_log_store.h"
#include "tests/support/manual_timers.h"

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
    topics_[id] = topic;
    return topic;
  }

  // Appends a batch of `count` records and waits until it is acknowledged.
  void Append(PartitionId partition, int count, const std::string& prefix = "v") {
    const std::string batch = NumberedBatch(prefix, count);
    logs_.Append(partition, *ParseBatchHeader(batch), {SharedBytes::FromString(batch)},
                 Durability::kFsync, [](auto result) { EXPECT_TRUE(result); });
    logs_.DrainCallbacks();
  }

  std::shared_ptr<broker::Group> MakeGroup(
      std::chrono::milliseconds revoke_timeout = std::chrono::hours(1)) {
    EXPECT_TRUE(cursors_.CreateGroup("g"));
    return std::make_shared<broker::Group>("g", Environment(revoke_timeout), **cursors_.Load("g"));
  }
  // The group that is made next is one whose first member began at the end of these topics.
  void StoreFirstCursorsAtEnd(const std::vector<broker::TopicPtr>& topics) {
    const auto at_end = [this](PartitionId partition) -> Result<std::optional<Offset>> {
      return Ends(partition).visible;
    };
    const auto first = *broker::FirstCursors(topics, at_end, logs_);
    std::vector<storage::CursorWrite> writes;
    for (const auto& entry : first) {
      writes.push_back({"g", entry.partition, entry.cursor});
    }
    cursors_.Write(std::move(writes), /*durable=*/true, {});
  }
  broker::Group::Environment Environment(std::chrono::milliseconds revoke_timeout,
                                         broker::Generation first_generation = 1'000) {
    return {logs_,
            cursors_,
            timers_,
            revoke_timeout,
            max_members_,
            first_generation,
            [this](storage::TopicId topic) {
              return deleted_topic_ == topic ? nullptr : topics_.at(topic);
            },
            journal_};
  }

  std::vector<broker::TopicPtr> ListTopics() {
    std::vector<broker::TopicPtr> topics;
    for (const auto& [id, topic] : topics_) {
      if (id != deleted_topic_) topics.push_back(topic);
    }
    return topics;
  }

  storage::LogEnds Ends(PartitionId partition) { return logs_.Ends(partition).value(); }

  FakeLogStore logs_;
  FakeCursorStore cursors_;
  ManualTimers timers_;
  broker::Metrics metrics_;
  broker::MemberJournal journal_{metrics_};
  std::int64_t max_members_ = 100;
  std::map<storage::TopicId, broker::TopicPtr> topics_;
  std::atomic<storage::TopicId> deleted_topic_ = 0;
};

}  // namespace strata::testing
