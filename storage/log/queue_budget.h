// How many bytes may wait for the disk, over all writers. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace strata::storage {

class QueueBudget {
 public:
  // Some of the bytes, given back when it goes. Move-only; must not outlive the budget.
  class Share {
   public:
    Share(QueueBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}
    Share(Share&& other) noexcept
        : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() { GiveBack(); }

    void GiveBack() { budget_->used_.fetch_sub(std::exchange(bytes_, 0)); }

   private:
    QueueBudget* budget_;
    std::size_t bytes_;
  };

  explicit QueueBudget(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Nothing if there is no room. A single piece fits into an empty queue, however large it is.
  std::optional<Share> Take(std::size_t bytes) {
    const std::size_t before = used_.fetch_add(bytes);
    Share share(*this, bytes);
    if (before > 0 && before + bytes > max_bytes_) return std::nullopt;
    return share;
  }

 private:
  const std::size_t max_bytes_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace strata::storage
