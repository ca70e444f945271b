// How the batches of an idempotent producer are numbered, as Kafka numbers them
// (https://cwiki.apache.org/confluence/display/KAFKA/KIP-98+-+Exactly+Once+Delivery+and+Transactional+Messaging).
//
// Within one partition and one epoch the records of a producer are numbered from 0, without gaps; a
// batch carries the number of its first record. Behind 2^31 - 1 comes 0 again.
//
// Pure functions; callable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// Of how many batches, the latest ones of a producer in a partition, the broker knows where they
// are: a retry of an older one cannot be answered. So a producer may have no more than these under
// way in a partition.
inline constexpr std::size_t kRememberedBatches = 64;

// The number of the record that comes `records` (0 or more, up to 2^31) after the one numbered
// `sequence`.
constexpr std::int32_t AdvanceSequence(std::int32_t sequence, std::int64_t records) {
  return static_cast<std::int32_t>((sequence + records) & 0x7fffffff);
}

}  // namespace strata
