// By when partitions that are being revoked must have been released: one deadline for each, so that
// this does not grow with the number of rebalances. Pure. Use it from one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "broker/groups/membership.h"

namespace strata::broker {

class RevokeDeadlines {
 public:
  using Clock = std::chrono::steady_clock;

  // An older revocation of the same partition has ended before a new one begins: it is forgotten.
  void Add(const std::vector<Revoke>& revokes, Clock::time_point deadline) {
    for (const Revoke& revoke : revokes) deadlines_[revoke.partition] = {deadline, revoke};
  }

  // Those that are over, which may have been answered meanwhile; they are forgotten.
  std::vector<Revoke> TakeDue(Clock::time_point now) {
    std::vector<Revoke> due;
    std::erase_if(deadlines_, [&](const auto& entry) {
      const auto& [deadline, revoke] = entry.second;
      if (deadline > now) return false;
      due.push_back(revoke);
      return true;
    });
    return due;
  }

  // The next one; nothing if there is none.
  std::optional<Clock::time_point> next() const {
    const auto first = std::min_element(
        deadlines_.begin(), deadlines_.end(),
        [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
    if (first == deadlines_.end()) return std::nullopt;
    return first->second.first;
  }

  std::size_t size() const { return deadlines_.size(); }

 private:
  std::map<PartitionId, std::pair<Clock::time_point, Revoke>> deadlines_;
};

}  // namespace strata::broker
