#include "client/lib/record_loop.h"

#include <utility>
#include <vector>

namespace strata {
namespace {

// Stop wakes it, so this only bounds what a lost wake-up would cost.
constexpr std::chrono::seconds kWait{1};

}  // namespace

RecordLoop::RecordLoop(Consumer& consumer, Handler handler)
    : consumer_(consumer), handler_(std::move(handler)) {}

Result<void> RecordLoop::Run() {
  while (!stopped_) {
    STRATA_TRY_ASSIGN(const std::vector<ConsumedRecord> records, consumer_.Poll(kWait));
    for (const ConsumedRecord& record : records) {
      if (stopped_) return Ok();
      STRATA_TRY(handler_(record));
    }
    consumer_.GiveBack();
  }
  return Ok();
}

void RecordLoop::Stop() {
  stopped_ = true;
  consumer_.Wakeup();
}

}  // namespace strata
