// Batches of idempotent producers, in one line.
#pragma once

#include <cstdint>
#include <string>

#include "proto/batch/record_batch.h"

namespace strata::testing {

// Who numbers a batch, and from where.
struct Sequencing {
  std::int64_t producer_id = 0;
  std::int16_t epoch = 0;
  std::int32_t sequence = 0;
};

// `count` records with the values "<producer>/<epoch>/<sequence>".
inline std::string SequencedBatch(const Sequencing& sequencing, int count = 1,
                                  std::size_t padding = 0) {
  RecordBatchBuilder builder;
  const std::string prefix =
      std::to_string(sequencing.producer_id) + "/" + std::to_string(sequencing.epoch) + "/";
  for (int i = 0; i < count; ++i) {
    const std::string value =
        prefix + std::to_string(sequencing.sequence + i) + std::string(padding, '.');
    RecordView record;
    record.value = value;
    record.timestamp_ms = 1000;
    builder.Add(record);
  }
  builder.SetProducer(sequencing.producer_id, sequencing.epoch, sequencing.sequence);
  return builder.Finish();
}

// The header alone, as it looks in a log.
inline BatchHeader SequencedHeader(const Sequencing& sequencing, int count = 1,
                                   Offset base_offset = 0) {
  BatchHeader header;
  header.base_offset = base_offset;
  header.last_offset_delta = count - 1;
  header.record_count = count;
  header.producer_id = sequencing.producer_id;
  header.producer_epoch = sequencing.epoch;
  header.base_sequence = sequencing.sequence;
  return header;
}

}  // namespace strata::testing
