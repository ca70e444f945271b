// What a partition knows of the producers that write to it with sequence numbers: enough to tell a
// retry from a new batch, a gap from what follows, and a producer's older life from its newer one.
// proto/batch/producer_sequence.h says how batches are numbered.
//
// A pure state machine: no clock, no I/O, no lock. Use it from one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"

namespace strata::storage {

struct ProducerLimits {
  // Producers that a partition remembers; beyond it the one that was used longest ago is forgotten.
  std::size_t max_producers = 1'000;
  // One that has not been used for so long may be forgotten too.
  std::chrono::milliseconds expiry = std::chrono::hours(7 * 24);
};

// Where a batch is.
struct ProducerBatch {
  std::int32_t first_sequence = 0;
  std::int32_t last_sequence = 0;  // of its last record
  Offset base_offset = 0;

  bool operator==(const ProducerBatch&) const = default;
};

// All that a table knows, as of one moment.
struct ProducerSnapshot {
  struct Producer {
    std::int64_t id = 0;
    std::int16_t epoch = 0;
    std::chrono::milliseconds idle{0};  // since its last batch
    // The latest ones, the oldest first: 1 to kRememberedBatches, each with the sequence that
    // follows the one before.
    std::vector<ProducerBatch> batches;

    bool operator==(const Producer&) const = default;
  };

  Offset as_of = 0;                 // knows of all batches below this offset
  std::vector<Producer> producers;  // the one used longest ago first

  bool operator==(const ProducerSnapshot&) const = default;
};

class ProducerTable {
 public:
  // Of a clock that does not jump.
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit ProducerTable(const ProducerLimits& limits = {}) : limits_(limits) {}
  ProducerTable(const ProducerSnapshot& snapshot, const ProducerLimits& limits, TimePoint now);

  // What a batch with a producer id (>= 0) is: nothing if it is the next one of its producer; the
  // base offset at which it is stored already, if it is a retry; or why it is refused.
  // STALE_PRODUCER_EPOCH: a newer epoch of the producer has written here. OUT_OF_ORDER_SEQUENCE: it
  // neither follows the last batch nor repeats one that is remembered; or the producer is unknown
  // or begins an epoch, and the sequence is not 0.
  Result<std::optional<Offset>> Check(const BatchHeader& header) const;

  // The batch is in the log, at `header.base_offset`. What the log holds is never wrong: a batch
  // that Check would have refused is where its producer goes on from.
  void Add(const BatchHeader& header, TimePoint now);

  // Leaves out what has expired.
  ProducerSnapshot Snapshot(Offset as_of, TimePoint now) const;

  std::size_t producer_count() const { return by_use_.size(); }
  std::size_t batch_count() const { return batch_count_; }  // of all producers

 private:
  struct Producer {
    std::int64_t id = 0;
    std::int16_t epoch = 0;
    TimePoint last_use;
    std::vector<ProducerBatch> batches;
  };
  using ByUse = std::list<Producer>;

  Producer& Use(std::int64_t id, TimePoint now);
  void Forget(ByUse::iterator producer);
  void ForgetExpired(TimePoint now);

  ProducerLimits limits_;
  ByUse by_use_;  // the one used longest ago first
  std::unordered_map<std::int64_t, ByUse::iterator> by_id_;
  std::size_t batch_count_ = 0;
};

}  // namespace strata::storage
