#include "client/lib/record_loop.h"

#include <utility>

namespace strata {
namespace {

// Stop wakes it, so this only bounds what a lost wake-up would cost.
constexpr std::chrono::seconds kWait{1};

}  // namespace

RecordLoop::RecordLoop(Consumer& consumer, Handler handler)
    : consumer_(consumer), handler_(std::move(handler)) {}

Result<void> RecordLoop::Run() {
  while (!stopped_) {
    if (next_ == records_.size()) {
      STRATA_TRY_ASSIGN(records_, consumer_.Poll(kWait));
      next_ = 0;
      continue;
    }
    STRATA_TRY(handler_(records_[next_]));
    consumer_.GiveBack(records_[next_]);
    consumer_.StillWorking();
    ++next_;
  }
  return Ok();
}

void RecordLoop::Stop() {
  stopped_ = true;
  consumer_.Wakeup();
}

}  // namespace strata
