#include "broker/delivery/positions.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "broker/delivery/record_page.h"
#include "proto/batch/record_batch.h"
#include "strata/v1/types.pb.h"

namespace strata::broker {
namespace {

// The first record at or behind `from` that is wanted, if it is in the batch that holds `from`, or
// in the first one behind it that compaction has left something of.
Result<std::optional<RecordView>> FindInBatch(
    storage::LogStore& logs, storage::PartitionId partition, Offset from,
    const std::function<bool(const RecordView&)>& wanted) {
  bool any = false;
  for (Offset next = from; !any;) {
    STRATA_TRY_ASSIGN(const auto read, logs.Read(partition, next, {.max_bytes = 1}));
    if (read.fragments.empty()) break;
    const SharedBytes batch = Joined(read.fragments);
    STRATA_TRY_ASSIGN(auto reader, RecordBatchReader::Open(batch.view()));
    RecordView record;
    while (reader.Next(&record)) {
      if (record.offset < from) continue;
      any = true;
      if (!wanted(record)) continue;
      RecordView found;  // without views into the batch
      found.offset = record.offset;
      found.timestamp_ms = record.timestamp_ms;
      return found;
    }
    next = read.next_offset;
  }
  return std::nullopt;
}

Result<Offset> AtTime(storage::LogStore& logs, storage::PartitionId partition, TimestampMs time) {
  if (time < 0) {
    return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("the time {} is negative", time));
  }
  STRATA_TRY_ASSIGN(const Offset batch_offset, logs.OffsetForTime(partition, time));
  STRATA_TRY_ASSIGN(const auto ends, logs.Ends(partition));
  if (batch_offset >= ends.visible) return ends.visible;
  const Offset from = std::max(batch_offset, ends.log_start);
  STRATA_TRY_ASSIGN(const auto found,
                    FindInBatch(logs, partition, from, [time](const RecordView& record) {
                      return record.timestamp_ms >= time;
                    }));
  return found ? found->offset : from;
}

}  // namespace

bool IsBeginning(const v1::Position& position) {
  if (position.at_case() == v1::Position::AT_NOT_SET) return true;
  if (position.at_case() != v1::Position::kEdge) return false;
  return position.edge() == v1::Position::EDGE_UNSPECIFIED ||
         position.edge() == v1::Position::EDGE_BEGINNING;
}

Result<Offset> ResolvePosition(storage::LogStore& logs, storage::PartitionId partition,
                               const v1::Position& position) {
  if (position.at_case() == v1::Position::kTimestampMs) {
    return AtTime(logs, partition, position.timestamp_ms());
  }
  STRATA_TRY_ASSIGN(const auto ends, logs.Ends(partition));
  if (position.at_case() != v1::Position::kOffset) {
    if (!v1::Position::Edge_IsValid(position.edge())) {
      return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("edge {} is not one of the three",
                                                           static_cast<int>(position.edge())));
    }
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

Result<std::optional<TimestampMs>> TimestampAt(storage::LogStore& logs,
                                               storage::PartitionId partition, Offset offset) {
  STRATA_TRY_ASSIGN(const auto found,
                    FindInBatch(logs, partition, offset, [](const RecordView&) { return true; }));
  if (!found) return std::nullopt;
  return found->timestamp_ms;
}

}  // namespace strata::broker
