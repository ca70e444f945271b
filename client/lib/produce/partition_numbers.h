// Numbers the batches of an idempotent producer in one partition
// (proto/batch/producer_sequence.h). Plain data; use it from one thread at a time.
//
// The broker looks at each partition by itself; so a producer that is alone under its id may begin
// a new epoch in one partition without asking.
#pragma once

#include <cstdint>
#include <limits>

#include "client/lib/produce/pending_batch.h"
#include "proto/batch/producer_sequence.h"

namespace strata {

class PartitionNumbers {
 public:
  PartitionNumbers(std::int64_t producer_id, std::int16_t epoch)
      : producer_id_(producer_id), epoch_(epoch) {}

  // The numbers of the next batch.
  BatchNumbers Next(std::size_t records) {
    const BatchNumbers numbers{producer_id_, epoch_, next_sequence_};
    next_sequence_ = AdvanceSequence(next_sequence_, static_cast<std::int64_t>(records));
    return numbers;
  }

  // Begins again with sequence 0. False if there are no more epochs.
  [[nodiscard]] bool BeginEpoch() {
    if (epoch_ == std::numeric_limits<std::int16_t>::max()) return false;
    ++epoch_;
    next_sequence_ = 0;
    return true;
  }

 private:
  std::int64_t producer_id_;
  std::int16_t epoch_;
  std::int32_t next_sequence_ = 0;
};

}  // namespace strata
