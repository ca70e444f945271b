// Random histories of a group at work, with commits that come late, twice, under old generations
// and from those who hold nothing. After every event: a commit counts exactly if it comes from the
// holder, under the generation of its grant, and within the log; what is committed never goes back
// unless a seek moves it, or the store refuses it; whoever is granted a partition begins where the
// group has come to, or where it has sought to itself; and a broker that starts again knows all of
// it. When all revocations and absences have come to their end, every partition has an owner.
//
// RC_PARAMS="max_success=100000" drives it through as many histories.

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/support/gate.h"
#include "tests/support/group_fixture.h"

namespace strata::broker {
namespace {

constexpr int kPartitions = 4;
constexpr std::chrono::seconds kRevokeTimeout{10};

// Answers nothing before it is told to.
class SlowDisk {
 public:
  explicit SlowDisk(storage::CursorStore& cursors) {
    cursors.Write({}, /*durable=*/true, [gate = gate_](auto) { gate->Pass(); });
  }
  ~SlowDisk() { gate_->Open(); }
  SlowDisk(const SlowDisk&) = delete;
  SlowDisk& operator=(const SlowDisk&) = delete;

 private:
  const std::shared_ptr<testing::Gate> gate_ = std::make_shared<testing::Gate>();
};

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
  void OnReplaced() override {
    held.clear();
    replaced = true;
  }

  void Lose(PartitionId partition) {
    held.erase(partition);
    revoking.erase(partition);
  }

  bool is_static = false;
  bool replaced = false;
  std::map<PartitionId, Assignment> held;
  std::set<PartitionId> revoking;
  std::vector<Assignment> fresh;  // not looked at yet
  std::map<PartitionId, std::vector<Generation>> generations;
};

class World : public testing::GroupFixture {
 public:
  World() {
    strategy_ = *rc::gen::element(AssignmentStrategy::kUniform, AssignmentStrategy::kRange);
    cursors_.fault = [this]() -> Result<void> {
      if (!refusing_) return Ok();
      return Fail(ErrorCode::DISK_FULL, "no room");
    };
    topic_ = MakeTopic(1, kPartitions);
    group_ = MakeGroup(kRevokeTimeout);
  }
  ~World() override {
    for (auto& [id, member] : members_) group_->Leave(id, Group::Absence::kForGood);
    cursors_.DrainCallbacks();
  }
  void TestBody() override {}

  void Step() {
    switch (*rc::gen::inRange(0, 13)) {
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
      case 7:
        SeekOwn();
        break;
      case 8:
        timers_.Advance(kRevokeTimeout / 2);
        break;
      case 9:
        RefuseWrites();
        break;
      case 10:
        RefuseLate();
        break;
      default:
        Commit();
    }
    Check();
  }

  // When all that is on its way has come, and whoever is away has lost its place.
  void CheckAllOwned() {
    timers_.Advance(std::chrono::hours(2));
    Check();
    std::size_t owned = 0;
    bool anybody = false;
    for (const auto& [id, member] : members_) {
      owned += member->held.size();
      anybody = anybody || !member->replaced;
    }
    if (anybody) RC_ASSERT(owned == static_cast<std::size_t>(topic_->partition_count));
  }

 private:
  void Join() {
    const MemberId id = "m" + std::to_string(++last_id_);
    const std::string instance = *rc::gen::element<std::string>("", "", "x", "y");
    MemberOptions options;
    options.strategy = strategy_;
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

  // Only its own delivery moves.
  void SeekOwn() {
    if (members_.empty()) return;
    const MemberId id = AnyMember()->first;
    const PartitionId partition = AnyPartition();
    const ModelMember& seeker = *members_.at(id);
    const bool may = seeker.held.contains(partition) && !seeker.revoking.contains(partition);
    const Offset to = *rc::gen::inRange<Offset>(0, Ends(partition).visible + 1);
    RC_ASSERT(group_->SeekMember(id, {partition, to}, 1).has_value() == may);
    if (may) sought_[partition] = to;
  }

  // A commit that the store refuses has not happened.
  void RefuseWrites() {
    refusing_ = true;
    Commit();
    refusing_ = false;
  }

  // The disk is slow, and refuses a commit when others may have begun behind it.
  void RefuseLate() {
    const auto committer = std::find_if(members_.begin(), members_.end(), [](const auto& member) {
      return !member.second->held.empty();
    });
    if (committer == members_.end()) return;
    const auto [partition, assignment] = *committer->second->held.begin();
    {
      const SlowDisk disk(cursors_);
      refusing_ = true;
      group_->Commit(committer->first,
                     {{partition, Ends(partition).visible, assignment.generation, ""}},
                     [](const CommitOutcome&) {});
      refusing_ = false;
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          Join();
          break;
        case 1:
          Leave();
          break;
        default:
          Release();
      }
      if (*rc::gen::arbitrary<bool>()) WriteBehindIt();
    }
    cursors_.DrainCallbacks();
    RC_ASSERT(made_behind_ == 0);
    timers_.Advance(std::chrono::milliseconds(0));
    KeepNewestGrants();
  }

  // By whoever holds something now: it is refused as well.
  void WriteBehindIt() {
    for (const auto& [id, member] : members_) {
      for (const auto& [partition, assignment] : member->held) {
        const Offset end = Ends(partition).visible;
        group_->Delivered(id, partition, assignment.generation, end);
        group_->Commit(id, {{partition, end, assignment.generation, ""}},
                       [this](const CommitOutcome& outcome) { made_behind_ += !outcome.at(0); });
      }
    }
    group_->WriteMoved();
  }

  // Who has begun behind a refused commit has been granted the partition twice since the last look.
  void KeepNewestGrants() {
    for (auto& [id, member] : members_) {
      std::map<PartitionId, Assignment> newest;
      for (const Assignment& assignment : member->fresh) newest[assignment.partition] = assignment;
      member->fresh.clear();
      for (const auto& [partition, assignment] : newest) member->fresh.push_back(assignment);
    }
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
    } else if (refusing_) {
      expected = ErrorCode::DISK_FULL;
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
    cursors_.DrainCallbacks();  // nobody else keeps the old one
    const Generation before = group_->generation();
    group_ = std::make_shared<Group>("g", Environment(kRevokeTimeout, before + 1'000),
                                     **cursors_.Load("g"));
    members_.clear();
  }

  void Check() {
    for (std::int32_t i = 0; i < topic_->partition_count; ++i) {
      const PartitionId partition = topic_->Partition(i);
      RC_ASSERT(group_->Committed(partition) == Committed(partition));
    }
    std::set<PartitionId> owned;
    std::vector<Assignment> fresh;
    for (auto& [id, member] : members_) {
      for (const auto& [partition, assignment] : member->held) {
        RC_ASSERT(owned.insert(partition).second);
      }
      fresh.insert(fresh.end(), member->fresh.begin(), member->fresh.end());
      member->fresh.clear();
    }
    // In the order in which they were granted.
    std::sort(fresh.begin(), fresh.end(),
              [](const auto& a, const auto& b) { return a.generation < b.generation; });
    for (const Assignment& assignment : fresh) CheckGrant(assignment);
  }

  void CheckGrant(const Assignment& assignment) {
    RC_ASSERT(assignment.committed == Committed(assignment.partition));
    const auto sought = sought_.find(assignment.partition);
    RC_ASSERT(
        assignment.current ==
        (sought != sought_.end() ? sought->second : std::max<Offset>(0, assignment.committed)));
    if (sought != sought_.end()) sought_.erase(sought);
    RC_ASSERT(assignment.generation > newest_.at(assignment.partition));
    newest_[assignment.partition] = assignment.generation;
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

  AssignmentStrategy strategy_;
  std::atomic<bool> refusing_ = false;
  std::atomic<int> made_behind_ = 0;      // commits, behind one that was refused
  std::map<PartitionId, Offset> sought_;  // by a member for itself, just now
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
  world.CheckAllOwned();
}

}  // namespace
}  // namespace strata::broker
