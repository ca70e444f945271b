// What a group tells a member about its partitions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/groups/membership.h"
#include "broker/topics/topic.h"

namespace strata::broker {

// A partition that a member holds from now on.
struct Assignment {
  TopicPtr topic;
  PartitionId partition;
  Offset current = 0;  // delivery begins here
  Offset committed = kNoOffset;
  Generation generation = 0;
};

// Called with the group's lock held, in the order of the events: implementations must be short,
// must not wait, and must not call the group.
class MemberSink {
 public:
  virtual ~MemberSink() = default;

  // Partitions that are new to the member, or that it holds under a new generation: what came under
  // an older one is void. None: the member is new, and there is no partition for it.
  // `seek_correlation_id`: the member's own seek that this answers, or 0.
  virtual void OnAssigned(Generation newest, const std::vector<Assignment>& assignments,
                          std::uint64_t seek_correlation_id) = 0;

  // Partitions to finish with and release within `finish_within`; zero: they are lost already.
  virtual void OnRevoked(const std::vector<PartitionId>& partitions,
                         std::chrono::milliseconds finish_within, std::string_view reason) = 0;

  // Another member has come with the same instance id and holds the partitions now. The last call.
  virtual void OnReplaced() = 0;
};

}  // namespace strata::broker
