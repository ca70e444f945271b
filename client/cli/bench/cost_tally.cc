#include "client/cli/bench/cost_tally.h"

#include <algorithm>

namespace strata::cli {

void CostTally::Add(const BrokerInfo& look) {
  const auto& before = last_ ? last_ : first_;
  const bool started_anew =
      before && (look.uptime_ms < before->uptime_ms || look.cpu_time < before->cpu_time);
  if (started_anew || look.resident_bytes == 0) known_ = false;
  (first_ ? last_ : first_) = look;
  peak_resident_bytes_ = std::max(peak_resident_bytes_, look.resident_bytes);
}

std::optional<BrokerCost> CostTally::cost() const {
  if (!known_ || !last_) return std::nullopt;
  return BrokerCost{.cpu_time = last_->cpu_time - first_->cpu_time,
                    .peak_resident_bytes = peak_resident_bytes_};
}

}  // namespace strata::cli
