#include "proto/batch/partitioner.h"

#include <cstring>

namespace strata {

// Austin Appleby's MurmurHash2, https://github.com/aappleby/smhasher, with Kafka's seed.
std::uint32_t Murmur2(std::string_view bytes) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;

  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(bytes.size());
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    std::uint32_t word;
    std::memcpy(&word, bytes.data(), sizeof(word));
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
  }

  if (!bytes.empty()) {
    std::uint32_t tail = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      tail |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    }
    hash = (hash ^ tail) * kMultiplier;
  }

  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return hash;
}

std::int32_t PartitionForKey(std::string_view key, std::int32_t partition_count) {
  return static_cast<std::int32_t>(Murmur2(key) & 0x7fffffff) % partition_count;
}

}  // namespace strata
