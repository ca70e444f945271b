// The most recent batches of all partitions, in memory, shared by reference with whoever reads
// them. Bounded as a whole: the batch that came first, of whichever partition, goes first.
//
// What is cached for a partition is always one dense run of batches up to the last one put.
// May hold batches that readers must not see yet: callers pass the visible end.
//
// Threads: any. Never waits for a disk. Batches are let go of outside of the lock.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "proto/base/fragments.h"
#include "proto/base/mutex.h"
#include "proto/base/types.h"
#include "storage/log/partition_hash.h"
#include "storage/log_store.h"

namespace strata::storage {

// A batch as it is stored.
struct CachedBatch {
  Offset base_offset = 0;
  Offset next_offset = 0;
  Fragments fragments;

  std::size_t bytes() const { return TotalBytes(fragments); }
  // What it costs to keep, roughly.
  std::size_t footprint() const {
    return bytes() + sizeof(*this) + fragments.size() * sizeof(SharedBytes) + 64;
  }
};

class TailCache {
 public:
  explicit TailCache(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // Adds batches behind those that the partition has here.
  void Put(PartitionId partition, std::vector<CachedBatch> batches) STRATA_EXCLUDES(mutex_);

  // Whole batches from the one that contains `from`, up to `visible` and to `max_bytes` (but at
  // least one). Nothing if `from` is not here. `ends` of the result are left alone.
  std::optional<ReadResult> Read(PartitionId partition, Offset from, Offset visible,
                                 std::size_t max_bytes) const STRATA_EXCLUDES(mutex_);

  void Remove(PartitionId partition) STRATA_EXCLUDES(mutex_);
  // Forgets the batches that end at or below `offset`.
  void RemoveBelow(PartitionId partition, Offset offset) STRATA_EXCLUDES(mutex_);

  std::size_t bytes() const STRATA_EXCLUDES(mutex_);
  // Of the queue that says who loses a batch next.
  std::size_t turns() const STRATA_EXCLUDES(mutex_);

 private:
  using Run = std::deque<CachedBatch>;

  void Evict(std::vector<CachedBatch>* gone) STRATA_REQUIRES(mutex_);
  // Turns of batches that have been dropped, once they are the greater part.
  void ForgetIdleTurns() STRATA_REQUIRES(mutex_);
  void Drop(Run* run, std::vector<CachedBatch>* gone) STRATA_REQUIRES(mutex_);

  const std::size_t capacity_bytes_;

  mutable Mutex mutex_;
  std::unordered_map<PartitionId, Run, PartitionHash> runs_ STRATA_GUARDED_BY(mutex_);
  // Whose turn it is to lose its oldest batch; at least one entry for each cached batch.
  std::deque<PartitionId> turns_ STRATA_GUARDED_BY(mutex_);
  std::size_t batches_ STRATA_GUARDED_BY(mutex_) = 0;
  std::size_t bytes_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::storage
