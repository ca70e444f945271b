// Tells the time, and calls functions at a later one.
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

  virtual ~Timers() = default;

  virtual Clock::time_point Now() const = 0;

  virtual Ticket CallAfter(std::chrono::milliseconds delay, std::function<void()> callback) = 0;

  // Returns false if the callback has run, or is running right now.
  virtual bool Cancel(const Ticket& ticket) = 0;
};

// By the clock of the machine, on a thread of its own.
class ThreadTimers final : public Timers {
 public:
  ThreadTimers();
  // Drops what has not fired.
  ~ThreadTimers() override;

  Clock::time_point Now() const override { return Clock::now(); }
  Ticket CallAfter(std::chrono::milliseconds delay, std::function<void()> callback) override
      STRATA_EXCLUDES(mutex_);
  bool Cancel(const Ticket& ticket) override STRATA_EXCLUDES(mutex_);

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
