// Random histories of a group at work, with commits that come late, twice, under old generations
// and from those who hold nothing. After every event: a commit counts exactly if it comes from the
// holder, under the generation of its grant, and within the log; what is committed never goes back
// unless a seek moves it; whoever is granted a partition begins where the group has come to; and a
// broker that starts again knows all of it.
//
// RC_PARAMS="max_success=100000" drives it through as many histories.

#include <future>
#include <map>
#include <memory>
#include <optional>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/support/group_fixture.h"

namespace strata::broker {
namespace {

constexpr int kPartitions = 4;

// A member that keeps all grants that it ever got, and gives back when it is told to.
class ModelMember : public MemberSink {
 public:
  void OnAssigned(Generation, const std::vector<Assignment>& assignments, std::uint64_t) override {
    for (const Assignment& assignment : assignments) {
      held[assignment.partition] = assignment;
      fresh.push_back(assignment);
      generations[assignment.partition].push_back(assignment.generation);
    }
  }
  void OnRevoked(const std::vector<PartitionId>& partitions, std::chrono::milliseconds within,
                 std::string_view) override {
    for (PartitionId partition : partitions) {
      if (within.count() > 0) {
        revoking.insert(partition);
      } else {
        Lose(partition);
      }
    }
  }
  void OnReplaced() override { held.clear(); }

  void Lose(PartitionId partition) {
    held.erase(partition);
    revoking.erase(partition);
  }

  bool is_static = false;
  std::map<PartitionId, Assignment> held;
  std::set<PartitionId> revoking;
  std::vector<Assignment> fresh;  // not looked at yet
  std::map<PartitionId, std::vector<Generation>> generations;
};

class World : public testing::GroupFixture {
 public:
  World() {
    topic_ = MakeTopic(1, kPartitions);
    group_ = MakeGroup();
  }
  ~World() override {
    for (auto& [id, member] : members_) group_->Leave(id, Group::Absence::kForGood);
    cursors_.DrainCallbacks();
  }
  void TestBody() override {}

  void Step() {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        Join();
        break;
      case 1:
        Leave();
        break;
      case 2:
        Grow();
        break;
      case 3:
        Seek();
        break;
      case 4:
        Release();
        break;
      case 5:
        Produce();
        break;
      case 6:
        if (*rc::gen::inRange(0, 4) == 0) Restart();
        break;
      default:
        Commit();
    }
    Check();
  }

 private:
  void Join() {
    const MemberId id = "m" + std::to_string(++last_id_);
    const std::string instance = *rc::gen::element<std::string>("", "", "x", "y");
    RC_ASSERT(group_->PrepareTopics({topic_}, nullptr, FromBeginning()).has_value());
    MemberOptions options;
    options.return_within = std::chrono::hours(1);
    auto& member = members_[id] = std::make_unique<ModelMember>();
    member->is_static = !instance.empty();
    RC_ASSERT(
        group_->Join({id, "", "", instance}, options, {topic_}, member.get(), [](Generation) {})
            .has_value());
  }

  void Leave() {
    if (members_.empty()) return;
    const auto member = AnyMember();
    const auto absence = *rc::gen::element(Group::Absence::kForGood, Group::Absence::kForNow);
    group_->Leave(member->first, absence);
    // Who is away still holds what it held, but says nothing.
    const bool is_away = absence == Group::Absence::kForNow && member->second->is_static;
    if (!is_away) gone_.push_back(member->first);
    members_.erase(member);
  }

  void Grow() {
    if (topic_->partition_count >= 2 * kPartitions) return;
    topic_ = MakeTopic(1, topic_->partition_count + 1);
    group_->PartitionsAdded(topic_);
  }

  void Seek() {
    const PartitionId partition = AnyPartition();
    const Offset to = *rc::gen::inRange<Offset>(0, Ends(partition).visible + 1);
    std::promise<Result<void>> sought;
    group_->Seek({{partition, to}}, [&](Result<void> result) { sought.set_value(result); });
    RC_ASSERT(sought.get_future().get().has_value());
    committed_[partition] = to;
  }

  void Release() {
    if (members_.empty()) return;
    const auto member = AnyMember();
    const std::set<PartitionId> revoking = member->second->revoking;
    for (PartitionId partition : revoking) member->second->Lose(partition);
    group_->Release(member->first, {revoking.begin(), revoking.end()});
  }

  void Produce() { Append(AnyPartition(), *rc::gen::inRange(1, 5)); }

  // By anybody, gone or not, under any generation that it ever had; once or twice.
  void Commit() {
    MemberId id = "nobody";
    const ModelMember* member = nullptr;
    if (!members_.empty() && *rc::gen::inRange(0, 8) > 0) {
      const auto any = AnyMember();
      id = any->first;
      member = any->second.get();
    } else if (!gone_.empty()) {
      id = gone_[*rc::gen::inRange<std::size_t>(0, gone_.size())];
    }
    const PartitionId partition = AnyPartition();
    Generation generation = *rc::gen::inRange<Generation>(0, 2'000);
    if (member && member->generations.contains(partition) && *rc::gen::inRange(0, 8) > 0) {
      const auto& had = member->generations.at(partition);
      generation = *rc::gen::inRange(0, 2) == 0 ? had.back() : *rc::gen::elementOf(had);
    }
    const Offset end = Ends(partition).visible;
    const Offset offset = *rc::gen::inRange<Offset>(-1, end + 2);
    const bool holds = member && member->held.contains(partition);
    std::optional<ErrorCode> expected;
    if (!holds) {
      expected = ErrorCode::NOT_ASSIGNED;
    } else if (member->held.at(partition).generation != generation) {
      expected = ErrorCode::STALE_GENERATION;
    } else if (offset < 0 || offset > end) {
      expected = ErrorCode::OFFSET_OUT_OF_RANGE;
    }
    for (int i = *rc::gen::inRange(1, 3); i > 0; --i) {
      std::promise<CommitOutcome> done;
      group_->Commit(id, {{partition, offset, generation, ""}},
                     [&](CommitOutcome outcome) { done.set_value(std::move(outcome)); });
      const CommitOutcome outcome = done.get_future().get();
      RC_ASSERT(outcome.at(0).has_value() == expected.has_value());
      if (expected) {
        RC_LOG() << outcome[0]->message << " by " << id << " of " << partition.partition << "\n";
        RC_ASSERT(outcome[0]->code == *expected);
      }
    }
    if (!expected) committed_[partition] = std::max(Committed(partition), offset);
  }

  // The members' streams break, and the group is read from its store.
  void Restart() {
    for (auto& [id, member] : members_) gone_.push_back(id);
    const Generation before = group_->generation();
    group_ = std::make_shared<Group>("g", Environment(std::chrono::hours(1), before + 1'000),
                                     *cursors_.Load("g"));
    members_.clear();
  }

  void Check() {
    for (std::int32_t i = 0; i < topic_->partition_count; ++i) {
      const PartitionId partition = topic_->Partition(i);
      RC_ASSERT(group_->Committed(partition) == Committed(partition));
    }
    std::set<PartitionId> owned;
    for (auto& [id, member] : members_) {
      for (const auto& [partition, assignment] : member->held) {
        RC_ASSERT(owned.insert(partition).second);
      }
      for (const Assignment& assignment : member->fresh) {
        RC_ASSERT(assignment.committed == Committed(assignment.partition));
        RC_ASSERT(assignment.current == std::max<Offset>(0, assignment.committed));
        RC_ASSERT(assignment.generation > newest_.at(assignment.partition));
        newest_[assignment.partition] = assignment.generation;
      }
      member->fresh.clear();
    }
  }

  Offset Committed(PartitionId partition) const {
    const auto it = committed_.find(partition);
    return it == committed_.end() ? kNoOffset : it->second;
  }

  PartitionId AnyPartition() {
    return topic_->Partition(*rc::gen::inRange(0, topic_->partition_count));
  }
  std::map<MemberId, std::unique_ptr<ModelMember>>::iterator AnyMember() {
    auto it = members_.begin();
    std::advance(it, *rc::gen::inRange<std::size_t>(0, members_.size()));
    return it;
  }

  TopicPtr topic_;
  std::shared_ptr<Group> group_;
  std::map<MemberId, std::unique_ptr<ModelMember>> members_;
  std::vector<MemberId> gone_;
  int last_id_ = 0;
  std::map<PartitionId, Offset> committed_;
  // Of each partition, the newest generation that somebody was granted.
  struct NewestOf : std::map<PartitionId, Generation> {
    Generation at(PartitionId partition) const {
      const auto it = find(partition);
      return it == end() ? 0 : it->second;
    }
  } newest_;
};

RC_GTEST_PROP(GroupModel, HoldsItsPromisesThroughAnyHistory, ()) {
  World world;
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) world.Step();
}

}  // namespace
}  // namespace strata::broker
