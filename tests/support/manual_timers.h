// Timers whose time goes on when the test says so, and not before: nothing depends on how fast the
// machine is.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "broker/threads/timers.h"
#include "proto/base/mutex.h"

namespace strata::testing {

class ManualTimers final : public broker::Timers {
 public:
  // So much time passes; what is due meanwhile is called, in order, before this returns.
  void Advance(std::chrono::milliseconds time) STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const Clock::time_point until = now_ + time;
    while (!pending_.empty() && pending_.begin()->first.first <= until) {
      const auto next = pending_.begin();
      now_ = next->first.first;
      auto callback = std::move(next->second);
      pending_.erase(next);
      lock.Unlock();
      callback();
      callback = nullptr;
      lock.Lock();
    }
    now_ = until;
  }

  Clock::time_point Now() const override STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return now_;
  }

  Ticket CallAfter(std::chrono::milliseconds delay, std::function<void()> callback) override
      STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const Ticket ticket{now_ + delay, ++last_id_};
    pending_.emplace(ticket, std::move(callback));
    return ticket;
  }

  bool Cancel(const Ticket& ticket) override STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return pending_.erase(ticket) > 0;
  }

 private:
  mutable Mutex mutex_;
  Clock::time_point now_ STRATA_GUARDED_BY(mutex_) = Clock::now();
  std::uint64_t last_id_ STRATA_GUARDED_BY(mutex_) = 0;
  std::map<Ticket, std::function<void()>> pending_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::testing
