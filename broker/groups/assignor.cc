#include "broker/groups/assignor.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace strata::broker {
namespace {

// The members of one run, ordered by how much they hold.
class Balance {
 public:
  explicit Balance(const AssignorInput& input) : input_(input) {
    for (const auto& [id, topics] : input.members) {
      held_[id];
      OrderOf(id).insert({0, id});
    }
  }

  void Give(PartitionId partition, const MemberId& member) {
    SetLoad(member, [&](auto& held) { held.insert(partition); });
  }

  void Move(PartitionId partition, const MemberId& from, const MemberId& to) {
    SetLoad(from, [&](auto& held) { held.erase(partition); });
    Give(partition, to);
  }

  // The subscriber of the topic, among those that are here, with the fewest partitions; null if
  // there is none.
  const MemberId* LeastLoadedHere(TopicId topic) const {
    for (const auto& [load, member] : here_) {
      if (input_.members.at(member).contains(topic)) return &member;
    }
    return nullptr;
  }

  // A partition of `member` that somebody with at least two fewer could take.
  std::optional<std::pair<PartitionId, MemberId>> FindMove(const MemberId& member) const {
    const auto& held = held_.at(member);
    std::optional<TopicId> refused;
    for (auto it = held.rbegin(); it != held.rend(); ++it) {
      if (refused == it->topic) continue;
      const MemberId* taker = LeastLoadedHere(it->topic);
      if (taker && held_.at(*taker).size() + 2 <= held.size()) return std::pair(*it, *taker);
      refused = it->topic;
    }
    return std::nullopt;
  }

  // Moves partitions, one at a time from whoever holds the most, until no move makes the loads more
  // even. Each move lowers the sum of the squared loads, so this ends.
  void Even() {
    while (MoveOne()) {
    }
  }

  std::map<PartitionId, MemberId> Result() const {
    std::map<PartitionId, MemberId> result;
    for (const auto& [member, held] : held_) {
      for (PartitionId partition : held) result.emplace(partition, member);
    }
    return result;
  }

 private:
  using ByLoad = std::set<std::pair<std::size_t, MemberId>>;

  // From the first, of those that are here and those that are away together, that has one to give.
  bool MoveOne() {
    auto here = here_.rbegin();
    auto away = away_.rbegin();
    while (here != here_.rend() || away != away_.rend()) {
      const bool next_is_here = away == away_.rend() || (here != here_.rend() && *away < *here);
      const MemberId member = (next_is_here ? here++ : away++)->second;
      if (auto move = FindMove(member)) {
        Move(move->first, member, move->second);
        return true;
      }
    }
    return false;
  }

  template <class Change>
  void SetLoad(const MemberId& member, Change change) {
    auto& held = held_.at(member);
    ByLoad& order = OrderOf(member);
    order.erase({held.size(), member});
    change(held);
    order.insert({held.size(), member});
  }

  ByLoad& OrderOf(const MemberId& member) { return input_.away.contains(member) ? away_ : here_; }

  const AssignorInput& input_;
  std::map<MemberId, std::set<PartitionId>> held_;
  // Apart, so that nobody who looks for a taker has to pass those that are away.
  ByLoad here_;
  ByLoad away_;
};

// By instance id, then by id: whoever comes back stands where it stood.
std::vector<MemberId> InOrderOfRanges(const AssignorInput& input) {
  std::vector<std::pair<std::string, MemberId>> members;
  for (const auto& [id, topics] : input.members) {
    const auto instance = input.instances.find(id);
    members.emplace_back(instance == input.instances.end() ? "" : instance->second, id);
  }
  std::sort(members.begin(), members.end());
  std::vector<MemberId> order;
  for (auto& [instance, id] : members) order.push_back(std::move(id));
  return order;
}

std::map<PartitionId, MemberId> AssignRanges(const AssignorInput& input) {
  std::map<TopicId, std::vector<PartitionId>> topics;
  for (PartitionId partition : input.partitions) topics[partition.topic].push_back(partition);
  const std::vector<MemberId> order = InOrderOfRanges(input);
  std::map<PartitionId, MemberId> result;
  for (auto& [topic, partitions] : topics) {
    std::vector<const MemberId*> subscribers;
    for (const MemberId& id : order) {
      if (input.members.at(id).contains(topic)) subscribers.push_back(&id);
    }
    if (subscribers.empty()) continue;
    std::sort(partitions.begin(), partitions.end());
    const std::size_t each = partitions.size() / subscribers.size();
    const std::size_t one_more = partitions.size() % subscribers.size();
    std::size_t next = 0;
    for (std::size_t i = 0; i < subscribers.size(); ++i) {
      const std::size_t end = next + each + (i < one_more ? 1 : 0);
      for (; next < end; ++next) result.emplace(partitions[next], *subscribers[i]);
    }
  }
  return result;
}

std::map<PartitionId, MemberId> AssignUniformly(const AssignorInput& input) {
  Balance balance(input);
  std::vector<PartitionId> without_holder;
  for (PartitionId partition : input.partitions) {
    const auto holder = input.holders.find(partition);
    const auto member =
        holder == input.holders.end() ? input.members.end() : input.members.find(holder->second);
    if (member != input.members.end() && member->second.contains(partition.topic)) {
      balance.Give(partition, member->first);
    } else {
      without_holder.push_back(partition);
    }
  }
  for (PartitionId partition : without_holder) {
    const MemberId* member = balance.LeastLoadedHere(partition.topic);
    if (member) balance.Give(partition, MemberId(*member));
  }
  balance.Even();
  return balance.Result();
}

}  // namespace

std::string_view Describe(AssignmentStrategy strategy) {
  return strategy == AssignmentStrategy::kUniform ? "uniformly (uniform)" : "in ranges (range)";
}

std::map<PartitionId, MemberId> AssignPartitions(const AssignorInput& input) {
  switch (input.strategy) {
    case AssignmentStrategy::kUniform:
      return AssignUniformly(input);
    case AssignmentStrategy::kRange:
      return AssignRanges(input);
  }
  return {};
}

}  // namespace strata::broker
