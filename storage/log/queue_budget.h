// How many bytes may wait for the disk, over all writers. Any thread.
#pragma once

#include <atomic>
#include <cstddef>

namespace strata::storage {

class QueueBudget {
 public:
  explicit QueueBudget(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // False if there is no room. A single piece always fits into an empty queue, however large.
  bool TryTake(std::size_t bytes) {
    const std::size_t before = used_.fetch_add(bytes);
    if (before == 0 || before + bytes <= max_bytes_) return true;
    used_.fetch_sub(bytes);
    return false;
  }

  void GiveBack(std::size_t bytes) { used_.fetch_sub(bytes); }

 private:
  const std::size_t max_bytes_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace strata::storage
