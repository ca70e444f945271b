// Whether a run goes on: until a thread of it has failed, or the person interrupts it. An interrupt
// ends what is begun; what is under way is waited for, since it would be the slow part of the
// figures that is missing otherwise.
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "client/cli/interrupt.h"
#include "proto/base/error.h"
#include "proto/base/mutex.h"

namespace strata::cli {

class RunState {
 public:
  // `interrupt` must outlive it.
  explicit RunState(const Interrupt& interrupt) : interrupt_(interrupt) {}

  // Ends the run. After an interrupt an error that may pass does not: what it was about is only
  // missing.
  void Fail(const Error& error) STRATA_EXCLUDES(mutex_);

  // Cheap enough to be asked for each record.
  bool failed() const { return failed_.load(std::memory_order_relaxed); }
  bool interrupted() const { return interrupt_.requested(); }
  // Nothing more is to be begun.
  bool ended() const { return failed() || interrupted(); }

  // The first error, and how many came behind it.
  Result<void> result() const STRATA_EXCLUDES(mutex_);
  // The same; CANCELLED if it is interrupted: there is nothing to show yet.
  Result<void> MayMeasure() const STRATA_EXCLUDES(mutex_);

 private:
  const Interrupt& interrupt_;
  std::atomic<bool> failed_ = false;
  mutable Mutex mutex_;
  std::optional<Error> first_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t others_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::cli
