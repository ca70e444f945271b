// Calls functions at a later time, on a thread of its own.
//
// Threads: every method may be called from any thread, also from within a callback. Callbacks run
// one after the other and must be short: whoever has work to do posts it to an Executor.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "proto/base/mutex.h"

namespace strata::broker {

class Timers {
 public:
  using Clock = std::chrono::steady_clock;
  using Ticket = std::pair<Clock::time_point, std::uint64_t>;

  Timers();
  // Drops what has not fired.
  ~Timers();

  Ticket CallAfter(std::chrono::milliseconds delay, std::function<void()> callback)
      STRATA_EXCLUDES(mutex_);

  // Returns false if the callback has run, or is running right now.
  bool Cancel(const Ticket& ticket) STRATA_EXCLUDES(mutex_);

 private:
  void Run() STRATA_EXCLUDES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ STRATA_GUARDED_BY(mutex_) = false;
  std::uint64_t last_id_ STRATA_GUARDED_BY(mutex_) = 0;
  std::map<Ticket, std::function<void()>> pending_ STRATA_GUARDED_BY(mutex_);

  std::thread thread_;  // last, so that everything above is there before it runs
};

}  // namespace strata::broker
