#include "storage/log/cleaning/segment_rewriter.h"

#include <array>
#include <utility>

#include "proto/batch/record_batch.h"
#include "storage/log/segment_name.h"
#include "storage/log/segment_reader.h"

namespace strata::storage {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;
constexpr std::size_t kWriteBytes = 1 << 20;
// Flushed in small steps: the file system makes whoever flushes behind a large one wait for it.
constexpr std::int64_t kSyncBytes = 4 << 20;
// A credit of records is charged for offsets that are gone, too: one batch must not use up all.
constexpr Offset kMaxGap = 1 << 20;

tl::unexpected<Error> Damage(Offset offset, const std::string& what) {
  return Fail(ErrorCode::CORRUPT_LOG,
              "the batch at offset " + std::to_string(offset) + " is damaged: " + what);
}

}  // namespace

Result<void> VisitBatches(
    const File& file, Offset base_offset, std::int64_t size_bytes,
    const std::function<bool()>& cancelled,
    const std::function<Result<void>(const BatchHeader&, std::string_view bytes)>& visit) {
  Offset expected = base_offset;
  for (std::int64_t position = 0; position < size_bytes;) {
    if (cancelled()) return Fail(ErrorCode::CANCELLED, "the work on a segment was given up");
    STRATA_TRY_ASSIGN(const BatchRun run,
                      ReadBatches(file, position, size_bytes, expected, kReadBytes));
    std::string_view rest = run.bytes.view();
    while (!rest.empty()) {
      STRATA_TRY_ASSIGN(const std::string_view batch, TakeBatch(rest));
      STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(batch));
      STRATA_TRY(visit(header, batch));
    }
    position = run.end_position;
    expected = run.next_offset;
  }
  return Ok();
}

SegmentRewriter::SegmentRewriter(const LogEnvironment& environment, PartitionId partition,
                                 Offset base_offset, std::uint32_t generation,
                                 std::unique_ptr<File> file)
    : environment_(&environment),
      partition_(partition),
      base_offset_(base_offset),
      generation_(generation),
      file_(std::move(file)),
      index_builder_(base_offset, generation),
      next_offset_(base_offset),
      gap_base_(base_offset) {}

Result<SegmentRewriter> SegmentRewriter::Create(const LogEnvironment& environment,
                                                PartitionId partition, Offset base_offset,
                                                std::uint32_t generation) {
  const std::string path = RewrittenPath(environment.data_dir, partition, base_offset, generation);
  STRATA_TRY(environment.file_system.RemoveFile(path));
  STRATA_TRY_ASSIGN(auto file, environment.file_system.Open(path, FileSystem::OpenMode::kCreate));
  return SegmentRewriter(environment, partition, base_offset, generation, std::move(file));
}

Result<void> SegmentRewriter::Add(const BatchHeader& header, std::string_view bytes,
                                  const KeepRecord& keep) {
  bool keeps_tombstone = false;
  const auto keep_and_look = [&](const RecordKey& record) {
    const bool kept = keep(record);
    keeps_tombstone = keeps_tombstone || (kept && record.is_tombstone);
    return kept;
  };
  const auto filtered = FilterBatch(bytes, BatchLimits().max_inflated_bytes, keep_and_look);
  if (!filtered) return Damage(header.base_offset, filtered.error().message);
  has_tombstones_ = has_tombstones_ || keeps_tombstone;
  epoch_ = header.epoch;
  if (filtered->kept == 0) {
    if (header.next_offset() - gap_base_ > kMaxGap) STRATA_TRY(CloseGap());
    next_offset_ = header.next_offset();
    return Ok();
  }
  STRATA_TRY(CloseGap());
  next_offset_ = gap_base_ = header.next_offset();
  if (filtered->dropped == 0) return Emit(header, bytes);
  STRATA_TRY_ASSIGN(const BatchHeader left, ParseBatchHeader(filtered->bytes));
  return Emit(left, filtered->bytes);
}

Result<void> SegmentRewriter::CloseGap() {
  if (gap_base_ == next_offset_) return Ok();
  const std::string batch = EmptyBatch(gap_base_, next_offset_, epoch_);
  gap_base_ = next_offset_;
  STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(batch));
  return Emit(header, batch);
}

Result<void> SegmentRewriter::Emit(const BatchHeader& header, std::string_view bytes) {
  const std::int64_t position = written_bytes_ + static_cast<std::int64_t>(buffer_.size());
  if (const auto entry = index_builder_.Add({header, position})) {
    index_.entries.push_back({partition_, *entry});
  }
  buffer_.append(bytes);
  return buffer_.size() < kWriteBytes ? Ok() : WriteOut();
}

Result<void> SegmentRewriter::WriteOut() {
  if (buffer_.empty()) return Ok();
  STRATA_TRY(environment_->reserve.Admit(static_cast<std::int64_t>(buffer_.size()),
                                         DiskReserve::Purpose::kCompaction));
  const std::array<std::string_view, 1> fragment{buffer_};
  STRATA_TRY(file_->Write(written_bytes_, fragment));
  written_bytes_ += static_cast<std::int64_t>(buffer_.size());
  buffer_.clear();
  if (written_bytes_ - synced_bytes_ < kSyncBytes) return Ok();
  synced_bytes_ = written_bytes_;
  return file_->Sync();
}

Result<void> SegmentRewriter::Finish(SealedSegment* segment) {
  STRATA_TRY(CloseGap());
  STRATA_TRY(WriteOut());
  STRATA_TRY(file_->Sync());
  file_.reset();
  index_.coverage.push_back({partition_, base_offset_, written_bytes_, generation_});
  segment->base_offset = base_offset_;
  segment->next_offset = next_offset_;
  segment->size_bytes = written_bytes_;
  segment->max_timestamp_ms = index_builder_.max_timestamp_ms();
  segment->generation = generation_;
  segment->has_tombstones = has_tombstones_;
  return Ok();
}

}  // namespace strata::storage
