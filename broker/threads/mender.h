// Tries again and again to mend what a disk has failed, so that a disk that has healed needs no
// restart: after a while, and as long as it stays bad, at intervals that double.
//
// Threads: works on the executor's threads. Start and Stop may be called from any.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "broker/threads/executor.h"
#include "broker/threads/timers.h"
#include "proto/base/mutex.h"

namespace strata::broker {

class Mender : public std::enable_shared_from_this<Mender> {
 public:
  struct Threads {
    Executor& executor;
    Timers& timers;
  };
  struct Pace {
    std::chrono::milliseconds first{5'000};
    // A disk that has healed is noticed well within half a minute.
    std::chrono::milliseconds longest{15'000};
  };
  // Mends what is broken; whether all is well now. May wait for the disk.
  using Mend = std::function<bool()>;

  // What `mend` uses, and `threads`, outlive the work, so: Stop this, then the executor, and let
  // nothing go before.
  static std::shared_ptr<Mender> Start(const Threads& threads, const Pace& pace, Mend mend);

  // Gives the executor nothing more to do.
  void Stop() STRATA_EXCLUDES(mutex_);

 private:
  Mender(const Threads& threads, const Pace& pace, Mend mend);

  void Schedule(std::chrono::milliseconds delay);
  void PostMending(std::chrono::milliseconds delay) STRATA_EXCLUDES(mutex_);
  void Run(std::chrono::milliseconds delay);

  const Threads threads_;
  const Pace pace_;
  const Mend mend_;

  Mutex mutex_;
  bool stopped_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::broker
