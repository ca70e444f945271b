#include "storage/tool/verify/record_check.h"

#include <algorithm>
#include <string>

#include "proto/batch/record_batch.h"

namespace strata::storage::tool {

Result<void> CheckRecords(std::string_view batch) {
  STRATA_TRY_ASSIGN(auto reader, RecordBatchReader::Open(batch));
  RecordView record;
  TimestampMs highest = kNoTimestamp;
  while (reader.Next(&record)) highest = std::max(highest, record.timestamp_ms);
  STRATA_TRY(reader.status());
  if (highest <= reader.header().max_timestamp_ms) return Ok();
  return Fail(ErrorCode::INVALID_BATCH, "the batch declares the maximum timestamp " +
                                            std::to_string(reader.header().max_timestamp_ms) +
                                            " and its records reach " + std::to_string(highest));
}

}  // namespace strata::storage::tool
