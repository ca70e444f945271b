// Holds threads back at a place until a test lets them go.
#pragma once

#include "proto/base/mutex.h"

namespace strata::testing {

class Gate {
 public:
  // Waits until the gate is open.
  void Pass() {
    MutexLock lock(mutex_);
    arrived_ = true;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mutex_);
  }

  // Returns when somebody has come to the gate.
  void WaitForArrival() {
    MutexLock lock(mutex_);
    while (!arrived_) changed_.Wait(mutex_);
  }

  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool arrived_ STRATA_GUARDED_BY(mutex_) = false;
  bool open_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::testing
