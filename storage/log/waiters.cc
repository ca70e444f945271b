#include "storage/log/waiters.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace strata::storage {

std::uint64_t Waiters::Add(Offset offset, Callback ready) {
  waiters_.push_back({++last_ticket_, offset, std::move(ready)});
  return last_ticket_;
}

Waiters::Callback Waiters::Cancel(std::uint64_t ticket) {
  const auto found = std::find_if(waiters_.begin(), waiters_.end(), [ticket](const Waiter& waiter) {
    return waiter.ticket == ticket;
  });
  if (found == waiters_.end()) return nullptr;
  Callback cancelled = std::move(found->ready);
  waiters_.erase(found);
  return cancelled;
}

std::vector<Waiters::Callback> Waiters::TakeReady(Offset end) {
  std::vector<Callback> ready;
  std::erase_if(waiters_, [&](Waiter& waiter) {
    if (waiter.offset >= end) return false;
    ready.push_back(std::move(waiter.ready));
    return true;
  });
  return ready;
}

std::vector<Waiters::Callback> Waiters::TakeAll() {
  return TakeReady(std::numeric_limits<Offset>::max());
}

}  // namespace strata::storage
