#include "storage/log/log_reader.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "storage/log/index_builder.h"
#include "storage/log/segment_name.h"
#include "storage/log/segment_reader.h"

namespace strata::storage {
namespace {

// Says which file an error speaks of.
tl::unexpected<Error> InSegment(Error error, PartitionId partition, Offset segment_base) {
  error.message =
      Describe(partition) + ", segment " + SegmentFileName(segment_base) + ": " + error.message;
  return Fail(std::move(error));
}

}  // namespace

std::optional<Result<ReadResult>> LogReader::ReadCached(const PartitionLog& log, Offset from,
                                                        const ReadLimits& limits) const {
  LogEnds ends;
  const Result<bool> something = log.HasRecordsAt(from, &ends);
  if (!something) return Fail(something.error());
  if (!*something) return ReadResult{{}, 0, from, ends};
  auto result = environment_.cache.Read(log.id(), from, ends.visible, limits.max_bytes);
  if (!result) return std::nullopt;
  result->ends = ends;
  return std::move(*result);
}

Result<ReadResult> LogReader::Read(PartitionLog& log, Offset from, const ReadLimits& limits) const {
  if (auto cached = ReadCached(log, from, limits)) return std::move(*cached);
  STRATA_TRY_ASSIGN(const auto place, log.FindPlace(from));
  if (!place) return ReadResult{{}, 0, from, log.ends()};
  Result<ReadResult> result = ReadFrom(log, *place, from, limits);
  if (result) return result;
  // The segment may have been trimmed away under us.
  STRATA_TRY(log.FindPlace(from));
  return InSegment(std::move(result).error(), log.id(), place->segment.base_offset);
}

Result<ReadResult> LogReader::ReadFrom(PartitionLog& log, const ReadPlace& place, Offset from,
                                       const ReadLimits& limits) const {
  const SegmentView& segment = place.segment;
  STRATA_TRY_ASSIGN(const auto file, environment_.files.Get(log.id(), segment.base_offset));
  std::optional<Offset> expected = from;
  std::int64_t position = 0;
  if (place.position) {
    position = *place.position;
  } else {
    STRATA_TRY_ASSIGN(position, FindPosition(log, *file, segment, from));
    expected = std::nullopt;
  }
  STRATA_TRY_ASSIGN(BatchRun run, ReadBatches(*file, position, segment.visible_bytes, expected,
                                              limits.max_bytes));
  if (run.end_position < segment.visible_bytes) {
    log.RememberPlace(run.next_offset, segment.base_offset, run.end_position);
  }
  ReadResult result;
  result.bytes = run.bytes.size();
  result.fragments.push_back(std::move(run.bytes));
  result.next_offset = run.next_offset;
  result.ends = place.ends;
  return result;
}

Result<std::int64_t> LogReader::FindPosition(PartitionLog& log, const File& file,
                                             const SegmentView& segment, Offset offset) const {
  CompleteIndex(log, file, segment);
  const auto entry = environment_.index.FindOffset(log.id(), offset);
  if (entry && entry->segment_base == segment.base_offset) {
    const auto batch =
        FindBatch(file, entry->position, segment.visible_bytes, entry->offset, offset);
    if (batch) return batch->position;
    if (batch.error().code != ErrorCode::CORRUPT_LOG) return Fail(batch.error());
  }
  // No entry, or one that is wrong: the beginning of the segment is always right.
  STRATA_TRY_ASSIGN(const BatchPlace batch,
                    FindBatch(file, 0, segment.visible_bytes, segment.base_offset, offset));
  return batch.position;
}

Result<Offset> LogReader::OffsetForTime(PartitionLog& log, TimestampMs time) const {
  const LogEnds ends = log.ends();
  Offset next_base = 0;
  while (const auto segment = log.FindSegmentForTime(time, next_base)) {
    const auto batch = FindTime(log, *segment, time, ends.log_start);
    if (!batch) {
      // The segment may have been trimmed away under us.
      const Offset log_start = log.ends().log_start;
      STRATA_TRY(log.FindPlace(log_start));
      if (log_start > ends.log_start) return OffsetForTime(log, time);
      return InSegment(batch.error(), log.id(), segment->base_offset);
    }
    if (*batch) return std::max((*batch)->base_offset, ends.log_start);
    next_base = segment->base_offset + 1;
  }
  return ends.visible;
}

Result<std::optional<BatchHeader>> LogReader::FindTime(PartitionLog& log,
                                                       const SegmentView& segment, TimestampMs time,
                                                       Offset log_start) const {
  STRATA_TRY_ASSIGN(const auto file, environment_.files.Get(log.id(), segment.base_offset));
  CompleteIndex(log, *file, segment);
  const auto entry = environment_.index.FindTime(log.id(), segment.base_offset, time);
  if (entry) {
    auto found = WalkToTime(*file, segment, *entry, time, log_start);
    if (found || found.error().code != ErrorCode::CORRUPT_LOG) return found;
  }
  // No entry, or one that is wrong: the beginning of the segment is always right.
  return WalkToTime(*file, segment, {segment.base_offset, segment.base_offset, 0, kNoTimestamp},
                    time, log_start);
}

Result<std::optional<BatchHeader>> LogReader::WalkToTime(const File& file,
                                                         const SegmentView& segment,
                                                         const IndexEntry& from, TimestampMs time,
                                                         Offset log_start) {
  BatchScanner scanner(file, from.position, segment.visible_bytes, from.offset,
                       BatchScanner::Check::kHeaders);
  BatchPlace batch;
  while (true) {
    STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
    if (!more && scanner.position() == segment.visible_bytes) return std::nullopt;
    if (!more) {
      return Fail(ErrorCode::CORRUPT_LOG, "damage at position " +
                                              std::to_string(scanner.position()) + ": " +
                                              std::string(Describe(scanner.end())));
    }
    const bool visible = batch.header.next_offset() > log_start;
    if (visible && batch.header.max_timestamp_ms >= time) return batch.header;
  }
}

void LogReader::CompleteIndex(PartitionLog& log, const File& file,
                              const SegmentView& segment) const {
  const std::int64_t wanted = segment.unchecked_index_bytes;
  if (wanted == 0 || !environment_.index.works()) return;
  const auto covered = environment_.index.CoveredBytes(log.id(), segment.base_offset);
  if (covered >= wanted) return log.MarkIndexChecked(segment.base_offset);

  IndexUpdate update;
  IndexBuilder builder(segment.base_offset);
  BatchScanner scanner(file, 0, wanted, segment.base_offset, BatchScanner::Check::kHeaders);
  BatchPlace batch;
  while (scanner.Next(&batch).value_or(false)) {
    if (auto entry = builder.Add(batch)) update.entries.push_back({log.id(), *entry});
  }
  if (scanner.position() < wanted) return;
  update.coverage.push_back({log.id(), segment.base_offset, wanted});
  environment_.index.Put(update);
  log.MarkIndexChecked(segment.base_offset);
}

}  // namespace strata::storage
