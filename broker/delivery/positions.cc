#include "broker/delivery/positions.h"

#include <fmt/format.h>

#include "broker/delivery/record_page.h"
#include "proto/batch/record_batch.h"
#include "strata/v1/types.pb.h"

namespace strata::broker {
namespace {

// The log knows the batch; the record is in it.
Result<Offset> FirstRecordAt(storage::LogStore& logs, storage::PartitionId partition,
                             Offset batch_offset, TimestampMs time) {
  STRATA_TRY_ASSIGN(const auto read, logs.Read(partition, batch_offset, {.max_bytes = 1}));
  if (read.fragments.empty()) return batch_offset;
  const SharedBytes batch = Joined(read.fragments);
  STRATA_TRY_ASSIGN(auto reader, RecordBatchReader::Open(batch.view()));
  RecordView record;
  while (reader.Next(&record)) {
    if (record.timestamp_ms >= time && record.offset >= batch_offset) return record.offset;
  }
  return batch_offset;
}

Result<Offset> AtTime(storage::LogStore& logs, storage::PartitionId partition, TimestampMs time) {
  if (time < 0) {
    return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("the time {} is negative", time));
  }
  STRATA_TRY_ASSIGN(const Offset batch_offset, logs.OffsetForTime(partition, time));
  STRATA_TRY_ASSIGN(const auto ends, logs.Ends(partition));
  if (batch_offset >= ends.visible) return ends.visible;
  STRATA_TRY_ASSIGN(const Offset offset, FirstRecordAt(logs, partition, batch_offset, time));
  return std::max(offset, ends.log_start);
}

}  // namespace

bool NeedsDisk(const v1::Position& position) {
  return position.at_case() == v1::Position::kTimestampMs;
}

Result<Offset> ResolvePosition(storage::LogStore& logs, storage::PartitionId partition,
                               const v1::Position& position) {
  if (position.at_case() == v1::Position::kTimestampMs) {
    return AtTime(logs, partition, position.timestamp_ms());
  }
  STRATA_TRY_ASSIGN(const auto ends, logs.Ends(partition));
  if (position.at_case() != v1::Position::kOffset) {
    return position.edge() == v1::Position::EDGE_END ? ends.visible : ends.log_start;
  }
  const Offset offset = position.offset();
  if (offset < ends.log_start || offset > ends.visible) {
    return Fail(ErrorCode::OFFSET_OUT_OF_RANGE,
                fmt::format("offset {} of partition {} is out of range: the log starts at {} and "
                            "ends at {}",
                            offset, partition.partition, ends.log_start, ends.visible));
  }
  return offset;
}

}  // namespace strata::broker
