// Wakes one thread that has nothing to do. Rings are not counted: a ring while nobody waits makes
// the next wait return at once. Ring from any thread; wait from one.
#pragma once

#include <chrono>

#include "proto/base/mutex.h"

namespace strata {

class Doorbell {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void Ring() {
    MutexLock lock(mutex_);
    if (rung_) return;
    rung_ = true;
    condition_.NotifyOne();
  }

  // Returns when it has rung, or at `deadline` (TimePoint::max(): never). Whether it has rung.
  bool WaitUntil(TimePoint deadline) {
    MutexLock lock(mutex_);
    while (!rung_) {
      if (deadline == TimePoint::max()) {
        condition_.Wait(mutex_);
      } else if (!condition_.WaitUntil(mutex_, deadline)) {
        break;
      }
    }
    const bool rung = rung_;
    rung_ = false;
    return rung;
  }

 private:
  Mutex mutex_;
  CondVar condition_;
  bool rung_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata
