#include "storage/log/log_reader.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "storage/log/index_builder.h"
#include "storage/log/segment_name.h"
#include "storage/log/segment_reader.h"
#include "storage/log/segment_survey.h"

namespace strata::storage {
namespace {

// Says which file an error speaks of.
tl::unexpected<Error> InSegment(Error error, const PartitionLog& log, Offset segment_base) {
  error.message = log.name() + ", segment " + SegmentFileName(segment_base) + ": " + error.message;
  return Fail(std::move(error));
}

// The first batch of a stretch that is visible and reaches a time. CORRUPT_LOG, IO_ERROR.
Result<std::optional<BatchHeader>> WalkToTime(const File& file, const Stretch& stretch,
                                              TimestampMs time, Offset log_start) {
  BatchScanner scanner(file, stretch.position, stretch.end_position, stretch.offset,
                       BatchScanner::Check::kHeaders);
  BatchPlace batch;
  while (true) {
    STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
    if (!more && scanner.position() == stretch.end_position) return std::nullopt;
    if (!more) return Fail(ErrorCode::CORRUPT_LOG, std::string(Describe(scanner.end())));
    const bool visible = batch.header.next_offset() > log_start;
    if (visible && batch.header.max_timestamp_ms >= time) return batch.header;
  }
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
  while (true) {
    STRATA_TRY_ASSIGN(const auto place, log.FindPlace(from));
    if (!place) return ReadResult{{}, 0, from, log.ends()};
    Result<std::optional<ReadResult>> result = ReadFrom(log, *place, from, limits);
    if (result && *result) return **std::move(result);
    if (result) continue;
    bool news = false;
    if (result.error().code == ErrorCode::CORRUPT_LOG) {
      news = LookForDamage(log, place->segment.base_offset).value_or(false);
    }
    if (news) continue;
    // The segment may have been trimmed away under us.
    STRATA_TRY(log.FindPlace(from));
    return InSegment(std::move(result).error(), log, place->segment.base_offset);
  }
}

Result<std::shared_ptr<const File>> LogReader::OpenFile(PartitionLog& log,
                                                        const SegmentView& segment) const {
  MutexLock files(log.files());
  if (!log.IsCurrent(segment)) return nullptr;
  return environment_.files.Get(log.id(), segment.base_offset);
}

Result<std::optional<ReadResult>> LogReader::ReadFrom(PartitionLog& log, const ReadPlace& place,
                                                      Offset from, const ReadLimits& limits) const {
  const SegmentView& segment = place.segment;
  STRATA_TRY_ASSIGN(const auto file, OpenFile(log, segment));
  if (!file) return std::nullopt;
  std::optional<Offset> expected = from;
  std::int64_t position = 0;
  if (place.position) {
    position = *place.position;
  } else {
    STRATA_TRY_ASSIGN(position, FindPosition(log, *file, place, from));
    expected = std::nullopt;
  }
  const std::int64_t end = place.stretch.end_position;
  STRATA_TRY_ASSIGN(BatchRun run, ReadBatches(*file, position, end, expected, limits.max_bytes));
  if (run.end_position < end) {
    log.RememberPlace(run.next_offset, segment, run.end_position);
  }
  ReadResult result;
  result.bytes = run.bytes.size();
  result.fragments.push_back(std::move(run.bytes));
  result.next_offset = run.next_offset;
  result.ends = place.ends;
  return result;
}

Result<std::int64_t> LogReader::FindPosition(PartitionLog& log, const File& file,
                                             const ReadPlace& place, Offset offset) const {
  CompleteIndex(log, file, place.segment);
  const Stretch& stretch = place.stretch;
  const auto entry = environment_.index.FindOffset(log.id(), offset);
  if (entry && entry->segment_base == place.segment.base_offset &&
      entry->generation == place.segment.generation && entry->position >= stretch.position &&
      entry->offset >= stretch.offset) {
    const auto batch =
        FindBatch(file, entry->position, stretch.end_position, entry->offset, offset);
    if (batch) return batch->position;
    if (batch.error().code != ErrorCode::CORRUPT_LOG) return Fail(batch.error());
  }
  // No entry, or one that is wrong: the beginning of the stretch is always right.
  STRATA_TRY_ASSIGN(const BatchPlace batch, FindBatch(file, stretch.position, stretch.end_position,
                                                      stretch.offset, offset));
  return batch.position;
}

Result<Offset> LogReader::OffsetForTime(PartitionLog& log, TimestampMs time) const {
  const LogEnds ends = log.ends();
  Offset next_base = 0;
  while (const auto segment = log.FindSegmentForTime(time, next_base)) {
    const auto file = OpenFile(log, *segment);
    if (file && !*file) return OffsetForTime(log, time);
    const auto batch = file ? FindTime(log, **file, *segment, time, ends.log_start)
                            : Result<std::optional<BatchHeader>>(Fail(file.error()));
    if (!batch) {
      // The segment may have been trimmed away under us.
      const Offset log_start = log.ends().log_start;
      STRATA_TRY(log.FindPlace(log_start));
      if (log_start > ends.log_start) return OffsetForTime(log, time);
      return InSegment(batch.error(), log, segment->base_offset);
    }
    if (*batch) return std::max((*batch)->base_offset, ends.log_start);
    next_base = segment->base_offset + 1;
  }
  return ends.visible;
}

Result<std::optional<BatchHeader>> LogReader::FindTime(PartitionLog& log, const File& file,
                                                       const SegmentView& segment, TimestampMs time,
                                                       Offset log_start) const {
  CompleteIndex(log, file, segment);
  while (true) {
    auto found = TryFindTime(log, file, segment, time, log_start);
    if (found || found.error().code != ErrorCode::CORRUPT_LOG) return found;
    STRATA_TRY_ASSIGN(const bool news, LookForDamage(log, segment.base_offset));
    if (!news) return found;
  }
}

Result<std::optional<BatchHeader>> LogReader::TryFindTime(PartitionLog& log, const File& file,
                                                          const SegmentView& segment,
                                                          TimestampMs time,
                                                          Offset log_start) const {
  auto entry = environment_.index.FindTime(log.id(), segment.base_offset, time);
  if (entry && entry->generation != segment.generation) entry.reset();
  for (const Stretch& stretch : log.StretchesOf(segment)) {
    if (entry && entry->position >= stretch.end_position) continue;
    if (entry && entry->position > stretch.position) {
      const Stretch rest{entry->offset, entry->position, stretch.end_position};
      auto found = WalkToTime(file, rest, time, log_start);
      if (found && *found) return found;
      if (found) continue;
      if (found.error().code != ErrorCode::CORRUPT_LOG) return found;
      // The entry may be wrong: the beginning of the stretch never is.
    }
    STRATA_TRY_ASSIGN(const auto found, WalkToTime(file, stretch, time, log_start));
    if (found) return found;
  }
  return std::nullopt;
}

Result<bool> LogReader::LookForDamage(PartitionLog& log, Offset segment_base) const {
  const auto extent = log.ExtentOf(segment_base);
  if (!extent) return false;
  STRATA_TRY_ASSIGN(const auto file, OpenFile(log, extent->segment));
  if (!file) return true;
  const std::int64_t size = extent->segment.visible_bytes;
  STRATA_TRY_ASSIGN(
      SegmentSurvey survey,
      SurveySegment(*file, {segment_base, segment_base, 0, size, extent->end, extent->end},
                    [](const BatchPlace&) {}));
  if (survey.next_offset < extent->end) {
    survey.damage.push_back({survey.next_offset, extent->end, segment_base, survey.end_position,
                             size, std::string(Describe(survey.end))});
  }
  if (log.NoteDamage(extent->segment, survey.damage) == 0) return false;
  for (const DamagedRange& range : survey.damage) {
    spdlog::error(
        "{}, segment {}: damaged at position {} ({}); offsets {} to {} cannot be read, "
        "the next good one is {}",
        log.name(), SegmentFileName(segment_base), range.position, range.what, range.begin,
        range.end - 1, range.end);
  }
  return true;
}

void LogReader::CompleteIndex(PartitionLog& log, const File& file,
                              const SegmentView& segment) const {
  const std::int64_t wanted = segment.unchecked_index_bytes;
  if (wanted == 0 || !environment_.index.works()) return;
  const auto covered =
      environment_.index.CoveredBytes(log.id(), segment.base_offset, segment.generation);
  if (covered >= wanted) return log.MarkIndexChecked(segment);

  IndexUpdate update;
  IndexBuilder builder(segment.base_offset, segment.generation);
  BatchScanner scanner(file, 0, wanted, segment.base_offset, BatchScanner::Check::kHeaders);
  BatchPlace batch;
  while (scanner.Next(&batch).value_or(false)) {
    if (auto entry = builder.Add(batch)) update.entries.push_back({log.id(), *entry});
  }
  if (scanner.position() == wanted) {
    update.coverage.push_back({log.id(), segment.base_offset, wanted, segment.generation});
  }
  if (segment.generation == 0) {
    environment_.index.Put(update);
  } else {
    // What is there may be of the file as it was before.
    environment_.index.Replace(log.id(), segment.base_offset, scanner.next_offset(), update);
  }
  log.MarkIndexChecked(segment);
}

}  // namespace strata::storage
