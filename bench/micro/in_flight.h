// Counts what is under way, and lets the sender wait for room.
#pragma once

#include <cstddef>

#include "proto/base/mutex.h"

namespace strata::bench {

// Threads: Start and WaitForAll belong to the sender; Finish may be called from any thread.
class InFlight {
 public:
  void Start(std::size_t limit) {
    MutexLock lock(mutex_);
    while (count_ >= limit) changed_.Wait(mutex_);
    ++count_;
  }
  void Finish() {
    MutexLock lock(mutex_);
    --count_;
    changed_.NotifyAll();
  }
  void WaitForAll() {
    MutexLock lock(mutex_);
    while (count_ > 0) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::size_t count_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::bench
