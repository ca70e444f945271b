// By when partitions that are being revoked must have been released: one deadline for each, so that
// this does not grow with the number of rebalances. Pure. Use it from one thread at a time.
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "broker/groups/membership.h"

namespace strata::broker {

class RevokeDeadlines {
 public:
  using Clock = std::chrono::steady_clock;

  // `deadline`: no earlier than those before. An older revocation of the same partition has ended
  // before a new one begins: it is forgotten.
  void Add(const std::vector<Revoke>& revokes, Clock::time_point deadline) {
    for (const Revoke& revoke : revokes) {
      if (const auto old = places_.find(revoke.partition); old != places_.end()) {
        queue_.erase(old->second);
      }
      places_[revoke.partition] = queue_.insert(queue_.end(), {deadline, revoke});
    }
  }

  // Those that are over, which may have been answered meanwhile; they are forgotten.
  std::vector<Revoke> TakeDue(Clock::time_point now) {
    std::vector<Revoke> due;
    while (!queue_.empty() && queue_.front().first <= now) {
      due.push_back(std::move(queue_.front().second));
      places_.erase(due.back().partition);
      queue_.pop_front();
    }
    return due;
  }

  // The next one; nothing if there is none.
  std::optional<Clock::time_point> next() const {
    if (queue_.empty()) return std::nullopt;
    return queue_.front().first;
  }

  std::size_t size() const { return queue_.size(); }

 private:
  using Queue = std::list<std::pair<Clock::time_point, Revoke>>;
  Queue queue_;
  std::map<PartitionId, Queue::iterator> places_;
};

}  // namespace strata::broker
