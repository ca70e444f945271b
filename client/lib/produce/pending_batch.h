// A batch on its way from Send to its acknowledgement. Plain data, handed from owner to owner:
// the Accumulator fills it, the Sender encodes, sends and reports it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/lib/producer.h"
#include "proto/base/bytes.h"
#include "proto/batch/record_batch.h"

namespace strata {

// How an idempotent producer has numbered a batch (proto/batch/producer_sequence.h).
struct BatchNumbers {
  std::int64_t producer_id = 0;
  std::int16_t epoch = 0;
  std::int32_t sequence = 0;
};

struct PendingBatch {
  using TimePoint = std::chrono::steady_clock::time_point;

  // `memory`: what it is encoded in, see RecordBatchBuilder.
  explicit PendingBatch(Compression compression, std::string memory = {})
      : builder(compression, 0, std::move(memory)) {}

  std::int32_t partition = 0;
  std::uint64_t ticket = 0;        // ascending in the order in which batches were begun
  TimePoint begun_at;              // when its first record came
  std::size_t buffered_bytes = 0;  // what it counts against ProducerOptions::buffer_bytes

  RecordBatchBuilder builder;
  std::vector<Producer::Callback> callbacks;  // one for each record, in order

  SharedBytes encoded;  // set by the Sender; empty if the batch never goes out
  // As which `encoded` is numbered; absent: it has to be numbered before it is sent.
  std::optional<BatchNumbers> numbers;
  // An attempt may have been stored without our having heard of it.
  bool in_doubt = false;
  std::uint64_t correlation_id = 0;       // of the latest attempt; 0: not under way
  std::optional<Result<Placed>> outcome;  // place of the first record, or why it failed
};

}  // namespace strata
