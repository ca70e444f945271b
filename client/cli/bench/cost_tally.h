// What a broker has used while it was measured, from a few looks at what it says of itself.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "client/cli/bench/cost.h"
#include "client/lib/admin.h"

namespace strata::cli {

class CostTally {
 public:
  // What the broker has said, one look after the other.
  void Add(const BrokerInfo& look);

  // From the first look to the last. Nothing if it cannot be known: there was no second look, the
  // broker was started anew in between, or it does not say.
  std::optional<BrokerCost> cost() const;

 private:
  std::optional<BrokerInfo> first_;
  std::optional<BrokerInfo> last_;  // behind the first
  std::int64_t peak_resident_bytes_ = 0;
  bool known_ = true;
};

}  // namespace strata::cli
