// The time that retention and compaction go by: see paced_time.h. One for each store.
//
// Threads: any; never waits.
#pragma once

#include "proto/base/mutex.h"
#include "proto/base/types.h"
#include "storage/io/time_source.h"
#include "storage/log/cleaning/paced_time.h"

namespace strata::storage {

class RetentionClock {
 public:
  // `source` outlives this object. `latest`: Stamp() of an earlier run, or kNoTimestamp.
  RetentionClock(const TimeSource& source, TimestampMs latest)
      : source_(source), time_(latest, source.Steady()) {}

  // How late it is for whoever asks how old something is. kNoTimestamp: nobody knows.
  TimestampMs Now() STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return Advanced().now();
  }

  // What to note as the time at which something happens. Never goes back. kNoTimestamp: nobody
  // knows.
  TimestampMs Stamp() STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return Advanced().latest();
  }

  // How far the wall clock is ahead of Now.
  std::chrono::milliseconds Ahead() STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return Advanced().ahead();
  }

 private:
  const PacedTime& Advanced() STRATA_REQUIRES(mutex_) {
    time_.Advance(source_.Wall(), source_.Steady());
    return time_;
  }

  const TimeSource& source_;
  Mutex mutex_;
  PacedTime time_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::storage
