// Record batches for tests, in one line.
#pragma once

#include <string>
#include <vector>

#include "proto/batch/record_batch.h"

namespace strata::testing {

// One batch with these values, without keys, at consecutive milliseconds from `first_timestamp_ms`.
inline std::string EncodedBatch(const std::vector<std::string>& values,
                                TimestampMs first_timestamp_ms = 1'000,
                                Compression compression = Compression::kNone) {
  RecordBatchBuilder builder(compression);
  for (std::size_t i = 0; i < values.size(); ++i) {
    RecordView record;
    record.value = values[i];
    record.timestamp_ms = first_timestamp_ms + static_cast<TimestampMs>(i);
    builder.Add(record);
  }
  return builder.Finish();
}

// The same with values "<prefix>0", "<prefix>1" and so on.
inline std::string NumberedBatch(const std::string& prefix, int count,
                                 TimestampMs first_timestamp_ms = 1'000) {
  std::vector<std::string> values;
  for (int i = 0; i < count; ++i) values.push_back(prefix + std::to_string(i));
  return EncodedBatch(values, first_timestamp_ms);
}

}  // namespace strata::testing
