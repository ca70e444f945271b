// How records are sent: as fast as it goes, or at fixed moments.
#pragma once

#include <cstdint>

#include "bench/compare/drivers/clock.h"
#include "bench/compare/drivers/peer.h"
#include "client/cli/bench/load_schedule.h"
#include "client/cli/bench/payloads.h"

namespace strata::compare {

struct LoadSize {
  std::uint64_t records = 0;
  int partitions = 1;
};

// A partition gets many records before it is the next one's turn, as with a producer that fills one
// batch after another.
int PartitionOf(std::uint64_t record, int partitions);

// Waits for all acknowledgements. Gives the bytes of all values.
std::uint64_t SendAll(Publisher& publisher, const LoadSize& size, const cli::Payloads& values);

// Sends each record when it is due, or as soon after that as the peer lets us, with the moment when
// it was due as its stamp; values have room for it. Waits for all acknowledgements.
// std::runtime_error if the peer cannot keep up: a record could be sent only half a minute after it
// was due.
void SendOnSchedule(Publisher& publisher, const LoadSize& size, const cli::Payloads& values,
                    const cli::LoadSchedule& schedule, Clock& clock);

}  // namespace strata::compare
