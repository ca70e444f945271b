// Random histories of a group's membership, checked after every event against what must always
// hold: one holder at most, no partition left alone while somebody is here who reads it, growing
// generations, stale commits refused, no more moves than are needed; and an even assignment as soon
// as all revocations are answered.
//
// RC_PARAMS="max_success=100000" drives it through as many histories.

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
  History() {
    range_ = *rc::gen::inRange(0, 4) == 0;
    all_read_all_ = *rc::gen::inRange(0, 3) == 0;
    if (range_) membership_.set_strategy(AssignmentStrategy::kRange);
  }

  void Step() {
    switch (*rc::gen::inRange(0, 10)) {
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
      case 6:
        return Subscribe();
      case 7:
        return Suspend();
      case 8:
        return Replace();
      default:
        return Seek();
    }
  }

  void Settle() {
    while (!revoking_.empty()) ReleaseOne();
    range_ ? CheckRanges() : CheckEven();
  }

 private:
  struct Held {
    MemberId member;
    Generation generation = 0;
  };

  MemberId NewMember() { return "m" + std::to_string(++last_member_); }

  // Of nobody who is a member; or none.
  std::string NewInstance() {
    const std::string instance = *rc::gen::element<std::string>("", "b-", "c", "c-");
    for (const auto& [id, topics] : membership_.members()) {
      if (instances_.at(id) == instance) return "";
    }
    return instance;
  }

  std::map<TopicId, std::int32_t> SomeTopics() {
    std::map<TopicId, std::int32_t> topics;
    if (all_read_all_) {
      for (TopicId topic = 1; topic < 4; ++topic) topics[topic] = topics_[topic];
      return topics;
    }
    for (auto& [topic, count] : topics_) {
      if (*rc::gen::inRange(0, 4) == 0) continue;
      count += *rc::gen::inRange(0, 3);
      topics[topic] = count;
    }
    return topics;
  }

  void Join() {
    const MemberId id = NewMember();
    const std::string instance = NewInstance();
    instances_[id] = instance;
    const auto actions = membership_.Join(id, SomeTopics(), instance);
    Apply(actions);
    // Whoever comes takes no more than its share.
    if (MovesAreBounded()) {
      const std::size_t share = held_.size() / CountHere();
      RC_ASSERT(actions.revokes.size() <= share);
      for (const Revoke& revoke : actions.revokes) RC_ASSERT(revoke.member != id);
    }
  }

  // Where all members read the same, what must move can be counted.
  bool MovesAreBounded() const { return all_read_all_ && !range_; }

  void Subscribe() {
    if (topics_.empty() || all_read_all_) return;
    const auto topic = Any(topics_);
    std::vector<MemberId> subscribers = {"nobody"};
    for (const auto& [id, topics] : membership_.members()) {
      if (*rc::gen::arbitrary<bool>()) subscribers.push_back(id);
    }
    Apply(membership_.Subscribe(subscribers, topic->first, topic->second));
  }

  void Suspend() {
    const auto& members = membership_.members();
    if (members.empty()) return;
    const MemberId id = Any(members)->first;
    const auto actions = membership_.Suspend(id);
    RC_ASSERT(actions.loses.empty());
    if (all_read_all_ || range_) RC_ASSERT(actions.revokes.empty());
    EndRevoking(id);
    Apply(actions);
  }

  std::size_t CountHere() const {
    const auto& members = membership_.members();
    return static_cast<std::size_t>(
        std::count_if(members.begin(), members.end(),
                      [&](const auto& member) { return !membership_.IsSuspended(member.first); }));
  }

  bool AnybodyHereReads(TopicId topic) const {
    const auto& members = membership_.members();
    return std::any_of(members.begin(), members.end(), [&](const auto& member) {
      return member.second.contains(topic) && !membership_.IsSuspended(member.first);
    });
  }

  // One that comes with the same topics, and the same instance id, takes over what its predecessor
  // held. Nobody else notices, unless somebody was away who now has a share again.
  void Replace() {
    const auto& members = membership_.members();
    if (members.empty()) return;
    const auto old = Any(members);
    const MemberId old_id = old->first;
    const bool same = *rc::gen::arbitrary<bool>();
    std::map<TopicId, std::int32_t> topics;
    if (same) {
      for (TopicId topic : old->second) topics[topic] = topics_[topic];
    } else {
      topics = SomeTopics();
    }
    const auto before = held_;
    const auto revoking_before = revoking_;
    const bool all_were_here = CountHere() == members.size();
    const MemberId id = NewMember();
    instances_[id] = instances_[old_id];
    const bool same_place = !range_ || !instances_[id].empty();
    const auto actions = membership_.Replace(old_id, id, topics, instances_[id]);
    RC_ASSERT(actions.loses.empty());
    if (same && same_place && (all_were_here || range_)) RC_ASSERT(actions.revokes.empty());
    EndRevoking(old_id);
    std::erase_if(held_, [&](const auto& held) { return held.second.member == old_id; });
    RC_ASSERT(!membership_.members().contains(old_id));
    Apply(actions);
    for (const auto& [partition, held] : before) {
      const bool kept = held.member == old_id && !revoking_before.contains(partition);
      if (!same || !same_place || !kept) continue;
      if (all_were_here || range_ || all_read_all_) RC_ASSERT(held_.at(partition).member == id);
    }
  }

  // What is taken from a suspended member is taken without a word.
  void FollowSilentLosses() {
    std::erase_if(held_, [&](const auto& entry) {
      const auto& [partition, held] = entry;
      if (!membership_.IsSuspended(held.member)) return false;
      const auto now = membership_.holdings().find(partition);
      // Taken only so that somebody else has it.
      RC_ASSERT(now != membership_.holdings().end());
      return now->second.member != held.member || now->second.generation != held.generation;
    });
  }

  void EndRevoking(const MemberId& member) {
    for (auto it = revoking_.begin(); it != revoking_.end();) {
      if (it->second.member == member) {
        held_.erase(it->first);
        it = revoking_.erase(it);
      } else {
        ++it;
      }
    }
  }

  void Leave() {
    const auto& members = membership_.members();
    if (members.empty()) return;
    const MemberId id = Any(members)->first;
    const auto actions = membership_.Leave(id);
    if (MovesAreBounded()) RC_ASSERT(actions.revokes.empty());
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
    const auto actions = membership_.SetTopic(topic, count);
    if (MovesAreBounded()) RC_ASSERT(actions.revokes.empty());
    Apply(actions);
  }

  void DeleteTopic() {
    if (topics_.empty() || all_read_all_ || *rc::gen::inRange(0, 5) > 0) return;
    const TopicId topic = topics_.begin()->first;
    topics_.erase(topic);
    Apply(membership_.SetTopic(topic, 0));
    for (const auto& [partition, held] : held_) RC_ASSERT(partition.topic != topic);
  }

  void Seek() {
    std::vector<PartitionId> partitions;
    for (const auto& [topic, count] : topics_) {
      for (std::int32_t i = 0; i < count; ++i) {
        if (*rc::gen::inRange(0, 3) == 0) partitions.push_back({topic, i});
      }
    }
    const auto before = held_;
    Apply(membership_.Regrant(partitions));
    for (PartitionId partition : partitions) {
      const auto old = before.find(partition);
      if (old == before.end()) {
        RC_ASSERT(!held_.contains(partition));
      } else {
        RC_ASSERT(!membership_.CheckCommit(old->second.member, partition, old->second.generation));
      }
    }
  }

  void Apply(const MembershipActions& actions) {
    for (const Lose& lose : actions.loses) {
      RC_ASSERT(held_.at(lose.partition).member == lose.member);
      End(lose.partition);
    }
    const auto before = held_;
    FollowSilentLosses();
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
      const auto had = before.find(grant.partition);
      const bool is_new = had == before.end() || had->second.member != grant.member;
      if (!range_) RC_ASSERT(!is_new || !membership_.IsSuspended(grant.member));
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
      const bool is_read = range_ ? Subscribed(topic) : AnybodyHereReads(topic);
      for (std::int32_t i = 0; i < count && is_read; ++i) RC_ASSERT(held_.contains({topic, i}));
    }
  }

  // No single move would make the loads more even.
  void CheckEven() {
    std::map<MemberId, int> loads;
    for (const auto& [id, topics] : membership_.members()) loads[id] = 0;
    for (const auto& [partition, held] : held_) ++loads[held.member];
    for (const auto& [partition, held] : held_) {
      for (const auto& [id, topics] : membership_.members()) {
        if (membership_.IsSuspended(id) || !topics.contains(partition.topic)) continue;
        RC_ASSERT(loads[held.member] - loads[id] <= 1);
      }
    }
  }

  // The k-th subscriber of a topic holds a range, behind that of the one before it.
  void CheckRanges() {
    std::map<TopicId, std::pair<std::string, MemberId>> last;
    std::map<TopicId, std::map<MemberId, int>> counts;
    for (const auto& [topic, count] : topics_) {
      for (std::int32_t i = 0; i < count && Subscribed(topic); ++i) {
        const MemberId& holder = held_.at({topic, i}).member;
        const std::pair place(instances_.at(holder), holder);
        RC_ASSERT(place >= last[topic]);
        last[topic] = place;
        ++counts[topic][holder];
      }
      for (const auto& [member, held] : counts[topic]) {
        for (const auto& [other, more] : counts[topic]) RC_ASSERT(more - held <= 1);
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
  bool range_ = false;
  bool all_read_all_ = false;
  int last_member_ = 0;
  std::map<MemberId, std::string> instances_;  // of all that ever were
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
