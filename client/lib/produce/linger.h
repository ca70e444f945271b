// How long the first record of an open batch waits for others to share it. Pure.
//
// Where the caller has not said it, a batch waits for two things. While batches of the producer are
// under way, it waits for their answers, as Nagle's algorithm does (RFC 896): whoever sends more
// than the way there and back takes sends full batches by that alone. While nothing is under way,
// it waits only as long as so many records come behind it that it would have an eighth of a batch
// in the longest time. So a record that comes alone is sent at once, and many at once are not sent
// as many small batches. The time grows in a few steps, so that the Sender wakes up for each no
// more than once.
//
// Compressed batches wait for the longest time: a batch compresses the better the fuller it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "client/lib/producer.h"

namespace strata {

inline constexpr std::chrono::milliseconds kLongestLinger{2};

// `batch_bytes`: of a full batch. `idle`: everything that was closed is finished. `behind_bytes`:
// what all open batches hold but for the record that waits.
inline std::chrono::nanoseconds LingerNow(const ProducerOptions& options, std::size_t batch_bytes,
                                          bool idle, std::size_t behind_bytes) {
  constexpr std::size_t kSteps = 4;
  constexpr std::size_t kStepsOfABatch = 32;
  if (options.linger) return *options.linger;
  if (!idle || options.compression != Compression::kNone) return kLongestLinger;
  const std::size_t steps = behind_bytes * kStepsOfABatch / std::max<std::size_t>(batch_bytes, 1);
  return std::chrono::nanoseconds(kLongestLinger) * std::min(steps, kSteps) / kSteps;
}

}  // namespace strata
