// The loads, over any peer.
#pragma once

#include <chrono>
#include <cstdint>

#include "bench/compare/drivers/clock.h"
#include "bench/compare/drivers/measured.h"
#include "bench/compare/drivers/peer.h"
#include "bench/compare/drivers/sending.h"
#include "client/cli/bench/payloads.h"

namespace strata::compare {

// From the first record to the last acknowledgement.
Measured Produce(Peer& peer, const LoadSize& size, const cli::Payloads& values, Clock& clock);

// From before the first request, on a connection that stands, to the last record; `size.records`
// must be there.
Measured Consume(Peer& peer, const LoadSize& size, Clock& clock);

// Before what is measured, at the same rate and on the same connections.
constexpr auto kWarmUp = std::chrono::seconds(1);

// Sends `rate` records a second, whatever the peer does, and reads them meanwhile. A latency
// begins when its record was due, not when it could be sent: a peer that stalls is charged for
// all that had to wait (no coordinated omission). Values have at least kStampBytes. Also
// std::runtime_error if the peer falls far behind.
Measured Latency(Peer& peer, const LoadSize& size, const cli::Payloads& values, std::uint64_t rate,
                 Clock& clock);

// Sends as fast as it goes while `groups` read everything. Counts deliveries.
Measured FanOut(Peer& peer, const LoadSize& size, const cli::Payloads& values, int groups,
                Clock& clock);

}  // namespace strata::compare
