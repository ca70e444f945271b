// One broker, one history: rounds of harm under a mixed load, each followed by a look at everything
// that must still be there. The checker judges the history at the end.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "client/lib/admin.h"
#include "tests/fault/history/history.h"
#include "tests/fault/process/dice.h"
#include "tests/fault/process/mixed_load.h"
#include "tests/support/process/broker.h"

namespace strata::fault {

class FaultRun {
 public:
  // Makes the topic that the load works on. `broker` and `dice` outlive it.
  FaultRun(e2e::Broker& broker, Dice& dice, LoadOptions load);

  // What is done to the broker while the load runs. It must serve again when this returns.
  using Harm = std::function<void(MixedLoad& load)>;

  // One round: starts the load, lets it work, does harm, waits until every partition takes appends
  // and commits again, stops the load, and reads everything. Fails the test if that takes too long.
  void Round(const Harm& harm);

  // kill -9, and a new start.
  void KillAndRestart();

  // Fails the test for whatever the history breaks, and if nothing is ever compacted that may be.
  void Check();

 private:
  void ReadEverything();
  // Whether some offset is soon without its record.
  bool WaitForCompaction();
  void ReadPartition(const PartitionInfo& partition);

  e2e::Broker& broker_;
  Dice& dice_;
  const LoadOptions load_;
  testing::History history_;
  std::atomic<testing::PayloadId> payloads_ = 0;
  bool compacted_ = false;
};

}  // namespace strata::fault
