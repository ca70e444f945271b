// How records are received: until all have come.
#pragma once

#include <atomic>
#include <cstdint>

#include "bench/compare/drivers/clock.h"
#include "bench/compare/drivers/peer.h"

namespace strata::compare {

struct Received {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

// Reads until at least `records` have come, and hands each to `see`. std::runtime_error if nothing
// comes for half a minute, or once `given_up` is set, which another thread may do: then nobody
// sends what is missing.
Received Receive(Subscriber& subscriber, std::uint64_t records, const Subscriber::Handler& see,
                 const Clock& clock, const std::atomic<bool>& given_up);

}  // namespace strata::compare
