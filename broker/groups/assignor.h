// Which member shall hold which partition: uniform and sticky.
//
// Uniform: among members with the same subscription the numbers of partitions differ by one at
// most. Sticky: a partition leaves its holder only if that evens out the numbers, or because it
// has to. Every partition that somebody subscribes to gets a holder.
//
// A pure function: the same input gives the same answer.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "storage/log_store.h"

namespace strata::broker {

using MemberId = std::string;
using storage::PartitionId;
using storage::TopicId;

struct AssignorInput {
  // Topics that each member subscribes to. Members are served in the order of their ids.
  std::map<MemberId, std::set<TopicId>> members;
  // Every partition of the topics that are subscribed to; topics that nobody reads may be there
  // too.
  std::vector<PartitionId> partitions;
  // Who holds what now. Holders that are not members, and partitions that do not exist, are
  // ignored.
  std::map<PartitionId, MemberId> holders;
};

// O((partitions + moves) * log(members)) where all subscriptions are equal.
std::map<PartitionId, MemberId> AssignPartitions(const AssignorInput& input);

}  // namespace strata::broker
