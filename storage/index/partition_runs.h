// Runs of neighbouring partitions, so that the keys of thousands go in a few ranges: each deleted
// range costs every later read of a RocksDB database a little. Pure functions.
#pragma once

#include <vector>

#include "storage/log_store.h"

namespace strata::storage {

// Partitions of one topic, from `first` to `last`, both included.
struct PartitionRun {
  PartitionId first;
  PartitionId last;

  bool operator==(const PartitionRun&) const = default;
};

// Covers exactly these partitions, which may come in any order and more than once; in order.
std::vector<PartitionRun> RunsOf(std::vector<PartitionId> partitions);

}  // namespace strata::storage
