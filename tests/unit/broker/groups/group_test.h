// A group, members that remember what they are told, and what they say.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/groups/group.h"
#include "tests/support/group_fixture.h"

namespace strata::broker {

// Remembers what it is told.
class RecordingSink : public MemberSink {
 public:
  void OnAssigned(Generation, const std::vector<Assignment>& assignments,
                  std::uint64_t seek_correlation_id) override {
    for (const Assignment& assignment : assignments) {
      held[assignment.partition] = assignment;
    }
    last_seek = seek_correlation_id;
    ++assigned;
  }
  void OnRevoked(const std::vector<PartitionId>& partitions,
                 std::chrono::milliseconds finish_within, std::string_view) override {
    for (PartitionId partition : partitions) {
      if (finish_within.count() > 0) {
        revoked.push_back(partition);
      } else {
        held.erase(partition);
        lost.push_back(partition);
      }
    }
  }

  void OnReplaced() override { replaced = true; }

  std::map<PartitionId, Assignment> held;
  bool replaced = false;
  std::vector<PartitionId> revoked;
  std::vector<PartitionId> lost;
  std::uint64_t last_seek = 0;
  int assigned = 0;
};

class GroupTest : public testing::GroupFixture {
 protected:
  void Join(Group& group, const MemberId& id, const std::vector<TopicPtr>& topics,
            MemberSink& sink) {
    ASSERT_TRUE(group.Join({id, "client", "peer"}, {}, topics, &sink, [](Generation) {}));
  }

  CommitOutcome Commit(Group& group, const MemberId& id, std::vector<OffsetToCommit> offsets) {
    std::promise<CommitOutcome> outcome;
    group.Commit(id, std::move(offsets),
                 [&](CommitOutcome result) { outcome.set_value(std::move(result)); });
    return outcome.get_future().get();
  }

  std::optional<ErrorCode> CommitOne(Group& group, const MemberId& id, PartitionId partition,
                                     Offset offset, Generation generation) {
    const auto outcome = Commit(group, id, {{partition, offset, generation, ""}});
    if (!outcome.at(0)) return std::nullopt;
    return outcome[0]->code;
  }

  Result<void> Seek(Group& group, const std::vector<SeekTarget>& targets) {
    std::promise<Result<void>> sought;
    group.Seek(targets, [&](Result<void> result) { sought.set_value(std::move(result)); });
    return sought.get_future().get();
  }
};

}  // namespace strata::broker
