// Which partition a key belongs to: the same one that Kafka's clients choose, so that data can move
// between the two without changing its order per key.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata {

// MurmurHash2, 32 bits, seed 0x9747b28c, as Kafka's Utils.murmur2 computes it.
std::uint32_t Murmur2(std::string_view bytes);

// (Murmur2(key) & 0x7fffffff) % partition_count. `partition_count` > 0.
std::int32_t PartitionForKey(std::string_view key, std::int32_t partition_count);

}  // namespace strata
