// What the fake broker knows of idempotent producers. It forgets nothing unless it is told to.
// Thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "proto/batch/batch_header.h"
#include "proto/batch/producer_sequence.h"

namespace strata::testing {

class FakeProducers {
 public:
  struct Identity {
    std::int64_t id = 0;
    std::int32_t epoch = 0;
  };

  Identity Init(const std::string& name) {
    MutexLock lock(mutex_);
    if (name.empty()) return {++last_id_, 0};
    const auto [known, fresh] = names_.try_emplace(name);
    if (fresh) {
      known->second.id = ++last_id_;
    } else {
      ++known->second.epoch;
    }
    fences_[known->second.id] = known->second.epoch;
    return known->second;
  }

  // The original's offset if it is a retry; nothing if it is new.
  Result<std::optional<Offset>> Check(std::int32_t partition, const BatchHeader& header) {
    MutexLock lock(mutex_);
    if (header.producer_id < 0) return std::nullopt;
    const auto found = sequences_.find({partition, header.producer_id});
    const std::int32_t epoch = found == sequences_.end() ? 0 : found->second.epoch;
    if (header.producer_epoch < std::max(epoch, fences_[header.producer_id])) {
      return Fail(ErrorCode::STALE_PRODUCER_EPOCH, "a newer epoch is known");
    }
    const bool begins = found == sequences_.end() || header.producer_epoch > epoch;
    if (!begins) {
      const auto& offsets = found->second.offsets;
      const auto original = offsets.find(header.base_sequence);
      if (original != offsets.end()) return original->second;
    }
    const std::int32_t expected = begins ? 0 : found->second.next;
    if (header.base_sequence == expected) return std::nullopt;
    return Fail(ErrorCode::OUT_OF_ORDER_SEQUENCE, "a batch is missing");
  }

  void Add(std::int32_t partition, const BatchHeader& header, Offset offset) {
    MutexLock lock(mutex_);
    if (header.producer_id < 0) return;
    Sequences& sequences = sequences_[{partition, header.producer_id}];
    if (header.producer_epoch > sequences.epoch) sequences = {header.producer_epoch, 0, {}};
    sequences.offsets[header.base_sequence] = offset;
    sequences.next = AdvanceSequence(header.base_sequence, header.record_count);
  }

  void Forget() {
    MutexLock lock(mutex_);
    sequences_.clear();
  }

 private:
  struct Sequences {
    std::int32_t epoch = 0;
    std::int32_t next = 0;
    std::map<std::int32_t, Offset> offsets;  // by first sequence
  };

  Mutex mutex_;
  std::int64_t last_id_ STRATA_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Identity> names_ STRATA_GUARDED_BY(mutex_);
  std::map<std::int64_t, std::int32_t> fences_ STRATA_GUARDED_BY(mutex_);
  // By partition and producer.
  std::map<std::pair<std::int32_t, std::int64_t>, Sequences> sequences_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::testing
