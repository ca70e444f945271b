// Which member shall hold which partition.
//
// Uniform, and sticky: every partition that somebody who is here subscribes to gets a holder. Among
// members with the same subscription the numbers of partitions differ by one at most, and a
// partition leaves its holder only if that evens out the numbers, or because it has to. Members
// that are away keep what they have and are given nothing: what nobody here can take stays free
// until somebody comes, so that it is shared out among those who are here then.
//
// Range, for topics whose partitions belong together: the subscribers of a topic, in the order of
// their instance ids and then of their own, get neighbouring partitions each, also those that are
// away, the first ones one more if it does not come out even. So of topics with as many partitions
// and the same subscribers, the partitions with the same number have the same holder. Nothing
// sticks.
//
// A pure function: the same input gives the same answer.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/log_store.h"

namespace strata::broker {

using MemberId = std::string;
using storage::PartitionId;
using storage::TopicId;

enum class AssignmentStrategy { kUniform, kRange };

// "uniformly (uniform)", "in ranges (range)"
std::string_view Describe(AssignmentStrategy strategy);

struct AssignorInput {
  AssignmentStrategy strategy = AssignmentStrategy::kUniform;
  // Topics that each member subscribes to.
  std::map<MemberId, std::set<TopicId>> members;
  // The instance ids of static members, under which they come back with other ids of their own.
  std::map<MemberId, std::string> instances;
  // Members of whom nobody answers now.
  std::set<MemberId> away;
  // Every partition of the topics that are subscribed to; topics that nobody reads may be there
  // too.
  std::vector<PartitionId> partitions;
  // Who holds what now. Holders that are not members, and partitions that do not exist, are
  // ignored.
  std::map<PartitionId, MemberId> holders;
};

// Uniform: O(members + (partitions + moves) * log(members)) where all subscriptions are equal.
// Range: O(topics * members + partitions * log(partitions)).
std::map<PartitionId, MemberId> AssignPartitions(const AssignorInput& input);

}  // namespace strata::broker
