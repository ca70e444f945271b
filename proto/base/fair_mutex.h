// A mutex that is had in the order in which it was asked for. With a plain one, whoever lets go of
// it and asks again at once has it turn after turn, and others starve.
#pragma once

#include <cstdint>

#include "proto/base/mutex.h"

namespace strata {

class STRATA_THREAD_ANNOTATION(capability("mutex")) FairMutex {
 public:
  void lock() STRATA_THREAD_ANNOTATION(acquire_capability()) STRATA_NO_THREAD_SAFETY_ANALYSIS {
    MutexLock lock(mutex_);
    const std::uint64_t ticket = tickets_++;
    while (turn_ != ticket) turn_came_.Wait(mutex_);
  }
  void unlock() STRATA_THREAD_ANNOTATION(release_capability()) STRATA_NO_THREAD_SAFETY_ANALYSIS {
    MutexLock lock(mutex_);
    ++turn_;
    turn_came_.NotifyAll();
  }

 private:
  Mutex mutex_;
  CondVar turn_came_;
  std::uint64_t tickets_ = 0;
  std::uint64_t turn_ = 0;  // whose it is
};

// Holds one for a scope.
class STRATA_THREAD_ANNOTATION(scoped_lockable) FairLock {
 public:
  explicit FairLock(FairMutex& mutex) STRATA_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~FairLock() STRATA_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  FairLock(const FairLock&) = delete;
  FairLock& operator=(const FairLock&) = delete;

 private:
  FairMutex& mutex_;
};

}  // namespace strata
