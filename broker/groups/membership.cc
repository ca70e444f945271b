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
  MembershipActions actions;
  for (auto it = holdings_.lower_bound({topic, 0});
       it != holdings_.end() && it->first.topic == topic;) {
    actions.loses.push_back({it->second.member, it->first, Lose::Reason::kTopicDeleted});
    it = holdings_.erase(it);
  }
  return Rebalance(std::move(actions));
}

MembershipActions Membership::Join(const MemberId& member,
                                   const std::map<TopicId, std::int32_t>& topics) {
  std::set<TopicId>& subscribed = members_[member];
  for (const auto& [topic, partition_count] : topics) {
    subscribed.insert(topic);
    std::int32_t& known = topics_[topic];
    known = std::max(known, partition_count);
  }
  return Rebalance();
}

MembershipActions Membership::Leave(const MemberId& member) {
  if (members_.erase(member) == 0) return {};
  std::erase_if(holdings_, [&](const auto& holding) { return holding.second.member == member; });
  return Rebalance();
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

MembershipActions Membership::Rebalance(MembershipActions actions) {
  AssignorInput input;
  input.members = members_;
  for (const auto& [topic, count] : topics_) {
    for (std::int32_t partition = 0; partition < count; ++partition) {
      input.partitions.push_back({topic, partition});
    }
  }
  for (const auto& [partition, holding] : holdings_) {
    // A partition on its way to somebody should not turn back unless it must.
    const auto target = target_.find(partition);
    input.holders[partition] =
        holding.revoking && target != target_.end() ? target->second : holding.member;
  }
  target_ = AssignPartitions(input);
  for (auto& [partition, holding] : holdings_) {
    const auto target = target_.find(partition);
    const bool stays = target != target_.end() && target->second == holding.member;
    if (stays || holding.revoking) continue;
    holding.revoking = true;
    actions.revokes.push_back({holding.member, partition, holding.generation});
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
