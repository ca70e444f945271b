// Producers of which a newer instance is known, in every partition of a store at once, whether or
// not that one has written there yet.
//
// Thread-safe. Knows what it was told since it was made: nothing is kept on disk.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>

#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "proto/batch/batch_header.h"
#include "storage/log_store.h"

namespace strata::storage {

class ProducerFences {
 public:
  // A lower epoch than is known changes nothing.
  void Raise(std::span<const ProducerFence> fences) {
    MutexLock lock(mutex_);
    for (const ProducerFence& fence : fences) {
      std::int32_t& epoch = epochs_[fence.producer_id];
      epoch = std::max(epoch, fence.epoch);
    }
    any_.store(!epochs_.empty(), std::memory_order_release);
  }

  // STALE_PRODUCER_EPOCH: the batch comes from an instance that is shut out.
  Result<void> Check(const BatchHeader& header) const {
    if (!any_.load(std::memory_order_acquire)) return Ok();
    MutexLock lock(mutex_);
    const auto fence = epochs_.find(header.producer_id);
    if (fence == epochs_.end() || header.producer_epoch >= fence->second) return Ok();
    return Fail(ErrorCode::STALE_PRODUCER_EPOCH,
                "producer " + std::to_string(header.producer_id) + " is at epoch " +
                    std::to_string(fence->second) + " by now; this batch has epoch " +
                    std::to_string(header.producer_epoch));
  }

 private:
  std::atomic<bool> any_ = false;
  mutable Mutex mutex_;
  std::unordered_map<std::int64_t, std::int32_t> epochs_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::storage
