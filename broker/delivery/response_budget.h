// How much memory records on their way to clients may take, over all clients.
//
// A response is held until its client has taken it. When little is left, responses get smaller;
// they never wait, so that clients which do not read hold up nobody. All of them together take the
// budget, and beyond it at most one small response (or one batch that is larger) for each stream.
//
// Threads: every method may be called from any thread, those of one BudgetUse one at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace strata::broker {

class ResponseBudget {
 public:
  // What every response may have.
  static constexpr std::size_t kLeastShareBytes = 64 << 10;

  explicit ResponseBudget(std::size_t bytes) : bytes_(bytes) {}

  // What the next response may have: `wanted`, or less.
  std::size_t Share(std::size_t wanted) const {
    const std::size_t used = used_;
    const std::size_t left = used < bytes_ ? bytes_ - used : 0;
    return std::min(wanted, std::max(left / kSharesOfWhatIsLeft, kLeastShareBytes));
  }

  std::size_t used() const { return used_; }

 private:
  friend class BudgetUse;

  // So that what is left is not taken by the first who asks.
  static constexpr std::size_t kSharesOfWhatIsLeft = 4;

  const std::size_t bytes_;
  std::atomic<std::size_t> used_ = 0;
};

// What one stream has on its way; given back when this is destroyed.
class BudgetUse {
 public:
  // `budget` must outlive this.
  explicit BudgetUse(ResponseBudget& budget) : budget_(budget) {}
  ~BudgetUse() { Set(0); }

  BudgetUse(const BudgetUse&) = delete;
  BudgetUse& operator=(const BudgetUse&) = delete;

  // Replaces what it was before.
  void Set(std::size_t bytes) {
    budget_.used_ += bytes;
    budget_.used_ -= bytes_;
    bytes_ = bytes;
  }

 private:
  ResponseBudget& budget_;
  std::size_t bytes_ = 0;
};

}  // namespace strata::broker
