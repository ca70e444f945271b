#include "client/cli/bench/run_state.h"

#include <fmt/format.h>

#include "client/lib/retry/backoff.h"

namespace strata::cli {

void RunState::Fail(const Error& error) {
  if (interrupted() && IsRetriable(error.code)) return;
  MutexLock lock(mutex_);
  if (first_) {
    ++others_;
  } else {
    first_ = error;
  }
  failed_ = true;
}

Result<void> RunState::result() const {
  MutexLock lock(mutex_);
  if (!first_) return Ok();
  if (others_ == 0) return strata::Fail(*first_);
  return strata::Fail(first_->code,
                      fmt::format("{}; {} more failed behind it", first_->message, others_));
}

Result<void> RunState::MayMeasure() const {
  STRATA_TRY(result());
  if (!interrupted()) return Ok();
  return strata::Fail(ErrorCode::CANCELLED, "interrupted before anything was measured");
}

}  // namespace strata::cli
