// Topics in memory: what the fake broker stores and serves. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/mutex.h"
#include "proto/base/types.h"
#include "proto/batch/record.h"
#include "proto/batch/record_batch.h"

namespace strata::testing {

class MemoryLog {
 public:
  void AddTopic(const std::string& topic, std::int32_t partition_count);
  // 0: there is no such topic.
  std::int32_t PartitionCount(const std::string& topic) const;

  // Places an encoded batch and returns its base offset.
  Offset Append(const std::string& topic, std::int32_t partition, std::string batch);

  // The batches that hold `from` and what follows, back to back: the first one, and more up to
  // `max_bytes`.
  std::string BatchesFrom(const std::string& topic, std::int32_t partition, Offset from,
                          std::size_t max_bytes, Offset* next) const;
  Offset End(const std::string& topic, std::int32_t partition) const;

  // Everything, decoded.
  std::vector<Record> Records(const std::string& topic, std::int32_t partition) const;

  // Waits until the end lies behind `offset`; returns after a moment even if it does not.
  void AwaitBehind(const std::string& topic, std::int32_t partition, Offset offset) const;

 private:
  using Batches = std::vector<std::string>;

  const Batches& At(const std::string& topic, std::int32_t partition) const STRATA_REQUIRES(mutex_);

  mutable Mutex mutex_;
  mutable CondVar appended_;
  std::map<std::string, std::vector<Batches>> topics_ STRATA_GUARDED_BY(mutex_);
};

// A batch with these values, each with the timestamp `timestamp_ms`.
std::string EncodeBatch(const std::vector<std::string>& values, TimestampMs timestamp_ms = 1'000);

// The same, placed at `base_offset`.
std::string EncodeBatchAt(Offset base_offset, const std::vector<std::string>& values,
                          TimestampMs timestamp_ms = 1'000);

}  // namespace strata::testing
