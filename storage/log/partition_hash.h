#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/log_store.h"

namespace strata::storage {

// Spreads ids that are small and consecutive (Fibonacci hashing).
struct PartitionHash {
  std::size_t operator()(const PartitionId& id) const {
    const std::uint64_t mixed = id.topic * 31 + static_cast<std::uint32_t>(id.partition) + 1;
    return static_cast<std::size_t>((mixed * 0x9e3779b97f4a7c15u) >> 17);
  }
};

}  // namespace strata::storage
