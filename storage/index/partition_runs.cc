#include "storage/index/partition_runs.h"

#include <algorithm>

namespace strata::storage {

std::vector<PartitionRun> RunsOf(std::vector<PartitionId> partitions) {
  std::sort(partitions.begin(), partitions.end());
  std::vector<PartitionRun> runs;
  for (const PartitionId partition : partitions) {
    const bool goes_on = !runs.empty() && runs.back().last.topic == partition.topic &&
                         partition.partition - runs.back().last.partition <= 1;
    if (goes_on) {
      runs.back().last = partition;
    } else {
      runs.push_back({partition, partition});
    }
  }
  return runs;
}

}  // namespace strata::storage
