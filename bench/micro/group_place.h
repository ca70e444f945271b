// What a group needs around it, with one topic, where no disk shall be measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "broker/groups/group.h"
#include "tests/support/fake_log_store.h"

namespace strata::bench {

class GroupPlace {
 public:
  explicit GroupPlace(std::int32_t partitions) {
    topic_->id = 1;
    topic_->name = "t";
    topic_->partition_count = partitions;
    for (std::int32_t i = 0; i < partitions; ++i) {
      opened_ = opened_ && logs_.Open(topic_->Partition(i), {}).has_value();
    }
  }

  bool opened() const { return opened_; }
  broker::TopicPtr topic() const { return topic_; }

  std::shared_ptr<broker::Group> MakeGroup(storage::CursorStore& cursors,
                                           std::int64_t max_members) {
    return std::make_shared<broker::Group>(
        "g",
        broker::Group::Environment{logs_, cursors, timers_, std::chrono::hours(1), max_members, 0,
                                   [this](storage::TopicId) { return topic_; }, journal_},
        std::vector<storage::CursorEntry>());
  }

 private:
  strata::testing::FakeLogStore logs_;
  broker::ThreadTimers timers_;
  broker::Metrics metrics_;
  broker::MemberJournal journal_{metrics_};
  const std::shared_ptr<broker::Topic> topic_ = std::make_shared<broker::Topic>();
  bool opened_ = true;
};

}  // namespace strata::bench
