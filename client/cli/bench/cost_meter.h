// Asks the broker what it uses while it is measured, and counts what this process uses. Needs
// nothing but the connection: so it works for a broker on another machine, too. Use it from one
// thread.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "client/cli/bench/cost_tally.h"
#include "client/lib/admin.h"

namespace strata::cli {

class CostMeter {
 public:
  // Looks for the first time. Errors of Admin::DescribeBroker.
  static Result<CostMeter> Begin(std::shared_ptr<Connection> connection);

  // Looks again if the last time is half a second ago: memory that comes and goes in between is
  // not seen. Call it often. A broker that does not answer is another's trouble.
  void Look();

  // Looks for the last time.
  Cost Finish();

 private:
  using Clock = std::chrono::steady_clock;

  explicit CostMeter(std::shared_ptr<Connection> connection) : admin_(std::move(connection)) {}

  Result<void> LookNow();

  Admin admin_;
  CostTally tally_;
  std::chrono::microseconds client_begin_{0};
  Clock::time_point next_;
};

}  // namespace strata::cli
