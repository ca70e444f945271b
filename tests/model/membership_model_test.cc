// Random histories of a group's membership, checked after every event against what must always
// hold: one holder at most, no partition left alone, growing generations, stale commits refused;
// and an even assignment as soon as all revocations are answered.

#include <algorithm>
#include <optional>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "broker/groups/membership.h"

namespace strata::broker {
namespace {

class History {
 public:
  void Step() {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        return Join();
      case 1:
        return Leave();
      case 2:
        return ReleaseOne();
      case 3:
        return TimeOutOne();
      case 4:
        return GrowTopic();
      case 5:
        return DeleteTopic();
      default:
        return Seek();
    }
  }

  void Settle() {
    while (!revoking_.empty()) ReleaseOne();
    CheckEven();
  }

 private:
  struct Held {
    MemberId member;
    Generation generation = 0;
  };

  void Join() {
    const MemberId id = "m" + std::to_string(++last_member_);
    std::map<TopicId, std::int32_t> topics;
    for (auto& [topic, count] : topics_) {
      if (*rc::gen::inRange(0, 4) == 0) continue;
      count += *rc::gen::inRange(0, 3);
      topics[topic] = count;
    }
    Apply(membership_.Join(id, topics));
  }

  void Leave() {
    const auto& members = membership_.members();
    if (members.empty()) return;
    const MemberId id = Any(members)->first;
    const auto actions = membership_.Leave(id);
    std::erase_if(held_, [&](const auto& held) { return held.second.member == id; });
    std::erase_if(revoking_, [&](const auto& held) { return held.second.member == id; });
    Apply(actions);
  }

  void ReleaseOne() {
    if (revoking_.empty()) return;
    const auto [partition, held] = *Any(revoking_);
    const auto actions = membership_.Release(held.member, {partition});
    End(partition);
    Apply(actions);
  }

  void TimeOutOne() {
    if (revoking_.empty()) return;
    const auto [partition, held] = *Any(revoking_);
    const auto stale = membership_.RevokeTimedOut({{held.member, partition, held.generation - 1}});
    RC_ASSERT(stale.loses.empty() && stale.grants.empty());
    Apply(membership_.RevokeTimedOut({{held.member, partition, held.generation}}));
    RC_ASSERT(!revoking_.contains(partition));
  }

  void GrowTopic() {
    const TopicId topic = *rc::gen::inRange<TopicId>(1, 4);
    auto& count = topics_[topic];
    count += *rc::gen::inRange(1, 6);
    Apply(membership_.SetTopic(topic, count));
  }

  void DeleteTopic() {
    if (topics_.empty() || *rc::gen::inRange(0, 5) > 0) return;
    const TopicId topic = topics_.begin()->first;
    topics_.erase(topic);
    Apply(membership_.SetTopic(topic, 0));
    for (const auto& [partition, held] : held_) RC_ASSERT(partition.topic != topic);
  }

  void Seek() {
    std::vector<PartitionId> partitions;
    for (const auto& [partition, held] : held_) {
      if (*rc::gen::inRange(0, 3) == 0) partitions.push_back(partition);
    }
    const auto before = held_;
    Apply(membership_.Regrant(partitions));
    for (PartitionId partition : partitions) {
      const Held& old = before.at(partition);
      RC_ASSERT(!membership_.CheckCommit(old.member, partition, old.generation));
    }
  }

  void Apply(const MembershipActions& actions) {
    for (const Lose& lose : actions.loses) {
      RC_ASSERT(held_.at(lose.partition).member == lose.member);
      End(lose.partition);
    }
    for (const Revoke& revoke : actions.revokes) {
      RC_ASSERT(held_.at(revoke.partition).member == revoke.member);
      RC_ASSERT(held_.at(revoke.partition).generation == revoke.generation);
      RC_ASSERT(revoking_.emplace(revoke.partition, held_.at(revoke.partition)).second);
    }
    Generation newest = generation_;
    for (const Grant& grant : actions.grants) {
      RC_ASSERT(grant.generation > generation_);
      newest = std::max(newest, grant.generation);
      // Free, or granted anew to the same member by a seek.
      const auto it = held_.find(grant.partition);
      RC_ASSERT(it == held_.end() || it->second.member == grant.member);
      RC_ASSERT(!revoking_.contains(grant.partition));
      RC_ASSERT(membership_.members().at(grant.member).contains(grant.partition.topic));
      held_[grant.partition] = {grant.member, grant.generation};
    }
    generation_ = newest;
    CheckAlways();
  }

  void CheckAlways() {
    RC_ASSERT(membership_.holdings().size() == held_.size());
    for (const auto& [partition, held] : held_) {
      RC_ASSERT(membership_.CheckCommit(held.member, partition, held.generation));
      RC_ASSERT(!membership_.CheckCommit(held.member, partition, held.generation - 1));
      RC_ASSERT(!membership_.CheckCommit("nobody", partition, held.generation));
    }
    for (const auto& [topic, count] : topics_) {
      if (!Subscribed(topic)) continue;
      for (std::int32_t i = 0; i < count; ++i) RC_ASSERT(held_.contains({topic, i}));
    }
  }

  // No single move would make the loads more even.
  void CheckEven() {
    std::map<MemberId, int> loads;
    for (const auto& [id, topics] : membership_.members()) loads[id] = 0;
    for (const auto& [partition, held] : held_) ++loads[held.member];
    for (const auto& [partition, held] : held_) {
      for (const auto& [id, topics] : membership_.members()) {
        if (topics.contains(partition.topic)) RC_ASSERT(loads[held.member] - loads[id] <= 1);
      }
    }
  }

  void End(PartitionId partition) {
    held_.erase(partition);
    revoking_.erase(partition);
  }

  bool Subscribed(TopicId topic) const {
    const auto& members = membership_.members();
    return std::any_of(members.begin(), members.end(),
                       [&](const auto& member) { return member.second.contains(topic); });
  }

  template <class Map>
  typename Map::const_iterator Any(const Map& map) {
    auto it = map.begin();
    std::advance(it, *rc::gen::inRange<std::size_t>(0, map.size()));
    return it;
  }

  Membership membership_;
  int last_member_ = 0;
  Generation generation_ = 0;
  std::map<TopicId, std::int32_t> topics_;
  std::map<PartitionId, Held> held_;
  std::map<PartitionId, Held> revoking_;
};

RC_GTEST_PROP(MembershipModel, HoldsItsPromisesThroughAnyHistory, ()) {
  History history;
  const int steps = *rc::gen::inRange(1, 200);
  for (int i = 0; i < steps; ++i) history.Step();
  history.Settle();
}

}  // namespace
}  // namespace strata::broker
