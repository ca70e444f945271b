// Whether a run goes on: until a thread of it has failed, or the person interrupts it.
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

  void Fail(const Error& error) STRATA_EXCLUDES(mutex_);

  // Cheap enough to be asked for each record.
  bool ended() const { return failed_.load(std::memory_order_relaxed) || interrupt_.requested(); }
  bool interrupted() const { return interrupt_.requested(); }

  // The first error, and how many came behind it.
  Result<void> result() const STRATA_EXCLUDES(mutex_);

 private:
  const Interrupt& interrupt_;
  std::atomic<bool> failed_ = false;
  mutable Mutex mutex_;
  std::optional<Error> first_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t others_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::cli
