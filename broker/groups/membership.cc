#include "broker/groups/membership.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace strata::broker {

MembershipActions Membership::SetTopic(TopicId topic, std::int32_t partition_count) {
  if (partition_count > 0) {
    topics_[topic] = partition_count;
    return Rebalance();
  }
  topics_.erase(topic);
  for (auto& [member, topics] : members_) topics.erase(topic);
  MembershipActions actions;
  for (auto it = holdings_.lower_bound({topic, 0});
       it != holdings_.end() && it->first.topic == topic;) {
    actions.loses.push_back({it->second.member, it->first, Lose::Reason::kTopicDeleted});
    it = holdings_.erase(it);
  }
  return Rebalance(std::move(actions));
}

MembershipActions Membership::Join(const MemberId& member,
                                   const std::map<TopicId, std::int32_t>& topics,
                                   const std::string& instance_id) {
  Add(member, topics, instance_id);
  return Rebalance();
}

void Membership::Add(const MemberId& member, const std::map<TopicId, std::int32_t>& topics,
                     const std::string& instance_id) {
  members_[member] = Learn(topics);
  if (!instance_id.empty()) instances_[member] = instance_id;
}

void Membership::Remove(const MemberId& member) {
  members_.erase(member);
  instances_.erase(member);
  suspended_.erase(member);
}

std::set<TopicId> Membership::Learn(const std::map<TopicId, std::int32_t>& topics) {
  std::set<TopicId> subscribed;
  for (const auto& [topic, partition_count] : topics) {
    subscribed.insert(topic);
    std::int32_t& known = topics_[topic];
    known = std::max(known, partition_count);
  }
  return subscribed;
}

MembershipActions Membership::Subscribe(const std::vector<MemberId>& members, TopicId topic,
                                        std::int32_t partition_count) {
  Learn({{topic, partition_count}});
  for (const MemberId& member : members) {
    const auto it = members_.find(member);
    if (it != members_.end()) it->second.insert(topic);
  }
  return Rebalance();
}

MembershipActions Membership::Leave(const MemberId& member) {
  if (!members_.contains(member)) return {};
  Remove(member);
  Free(member, /*all=*/true);
  return Rebalance();
}

MembershipActions Membership::Suspend(const MemberId& member) {
  if (!members_.contains(member)) return {};
  suspended_.insert(member);
  Free(member, /*all=*/false);
  return Rebalance();
}

MembershipActions Membership::Replace(const MemberId& old_member, const MemberId& member,
                                      const std::map<TopicId, std::int32_t>& topics,
                                      const std::string& instance_id) {
  Free(old_member, /*all=*/false);
  for (auto& [partition, holding] : holdings_) {
    if (holding.member == old_member) holding.member = member;
  }
  for (auto& [partition, target] : target_) {
    if (target == old_member) target = member;
  }
  Remove(old_member);
  Add(member, topics, instance_id);
  const Generation before = generation_;
  // It does not know yet what it holds.
  MembershipActions actions = Rebalance({}, &member);
  const Generation generation = generation_ + 1;
  for (auto& [partition, holding] : holdings_) {
    if (holding.member != member || holding.generation > before) continue;
    holding.generation = generation_ = generation;
    actions.grants.push_back({member, partition, generation});
  }
  return actions;
}

std::vector<PartitionId> Membership::Free(const MemberId& member, bool all) {
  std::vector<PartitionId> freed;
  std::erase_if(holdings_, [&](const auto& entry) {
    const auto& [partition, holding] = entry;
    if (holding.member != member || !(all || holding.revoking)) return false;
    freed.push_back(partition);
    return true;
  });
  return freed;
}

bool Membership::IsRevoking(const MemberId& member, PartitionId partition) const {
  const auto holding = holdings_.find(partition);
  return holding != holdings_.end() && holding->second.member == member && holding->second.revoking;
}

MembershipActions Membership::Release(const MemberId& member,
                                      const std::vector<PartitionId>& partitions) {
  std::vector<PartitionId> released;
  for (PartitionId partition : partitions) {
    if (!IsRevoking(member, partition)) continue;
    holdings_.erase(partition);
    released.push_back(partition);
  }
  MembershipActions actions;
  GrantFree(released, &actions);
  return actions;
}

MembershipActions Membership::RevokeTimedOut(const std::vector<Revoke>& revokes) {
  MembershipActions actions;
  std::vector<PartitionId> freed;
  for (const Revoke& revoke : revokes) {
    if (!IsRevoking(revoke.member, revoke.partition)) continue;
    if (holdings_.at(revoke.partition).generation != revoke.generation) continue;
    holdings_.erase(revoke.partition);
    actions.loses.push_back({revoke.member, revoke.partition, Lose::Reason::kRevokeTimedOut});
    freed.push_back(revoke.partition);
  }
  GrantFree(freed, &actions);
  return actions;
}

MembershipActions Membership::Regrant(const std::vector<PartitionId>& partitions) {
  MembershipActions actions;
  const Generation generation = generation_ + 1;
  std::vector<PartitionId> freed;
  for (PartitionId partition : partitions) {
    const auto it = holdings_.find(partition);
    if (it == holdings_.end()) continue;
    Holding& holding = it->second;
    if (holding.revoking) {
      actions.loses.push_back({holding.member, partition, Lose::Reason::kSeek});
      holdings_.erase(it);
      freed.push_back(partition);
      continue;
    }
    holding.generation = generation;
    actions.grants.push_back({holding.member, partition, generation});
  }
  if (!actions.grants.empty()) generation_ = generation;
  GrantFree(freed, &actions);
  return actions;
}

Result<void> Membership::CheckCommit(const MemberId& member, PartitionId partition,
                                     Generation generation) const {
  const auto it = holdings_.find(partition);
  if (it == holdings_.end() || it->second.member != member) {
    return Fail(ErrorCode::NOT_ASSIGNED,
                fmt::format("member '{}' does not hold partition {}", member, partition.partition));
  }
  if (it->second.generation != generation) {
    return Fail(ErrorCode::STALE_GENERATION,
                fmt::format("generation {} is not the one under which partition {} is held ({})",
                            generation, partition.partition, it->second.generation));
  }
  return Ok();
}

bool Membership::HasTarget(const MemberId& member) const {
  return std::any_of(target_.begin(), target_.end(),
                     [&](const auto& target) { return target.second == member; });
}

MembershipActions Membership::Rebalance(MembershipActions actions, const MemberId* silent) {
  AssignorInput input;
  input.strategy = strategy_;
  input.members = members_;
  input.instances = instances_;
  for (const auto& [topic, count] : topics_) {
    for (std::int32_t partition = 0; partition < count; ++partition) {
      input.partitions.push_back({topic, partition});
    }
  }
  // A partition on its way to somebody should not turn back unless it must.
  input.holders = target_;
  for (const auto& [partition, holding] : holdings_) {
    input.holders.emplace(partition, holding.member);
  }
  input.away = suspended_;
  std::erase_if(input.holders, [&](const auto& meant) {
    const auto& [partition, member] = meant;
    const auto holding = holdings_.find(partition);
    return IsSuspended(member) && (holding == holdings_.end() || holding->second.member != member);
  });
  target_ = AssignPartitions(input);
  for (auto it = holdings_.begin(); it != holdings_.end();) {
    auto& [partition, holding] = *it;
    const auto target = target_.find(partition);
    const bool stays = target != target_.end() && target->second == holding.member;
    if (!stays && (IsSuspended(holding.member) || (silent && holding.member == *silent))) {
      it = holdings_.erase(it);
      continue;
    }
    if (!stays && !holding.revoking) {
      holding.revoking = true;
      actions.revokes.push_back({holding.member, partition, holding.generation});
    }
    ++it;
  }
  GrantAllFree(&actions);
  return actions;
}

void Membership::GrantFree(const std::vector<PartitionId>& partitions, MembershipActions* actions) {
  const Generation generation = generation_ + 1;
  for (PartitionId partition : partitions) {
    const auto target = target_.find(partition);
    if (target == target_.end()) continue;
    const MemberId& member = target->second;
    if (!holdings_.try_emplace(partition, Holding{member, generation, false}).second) continue;
    generation_ = generation;
    actions->grants.push_back({member, partition, generation});
  }
}

void Membership::GrantAllFree(MembershipActions* actions) {
  std::vector<PartitionId> free;
  for (const auto& [partition, member] : target_) {
    if (!holdings_.contains(partition)) free.push_back(partition);
  }
  GrantFree(free, actions);
}

}  // namespace strata::broker
