#include "storage/tool/repair/log_copier.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "proto/batch/batch_filter.h"
#include "storage/io/file_system.h"
#include "storage/log/segment_name.h"
#include "storage/tool/verify/log_check.h"
#include "storage/tool/verify/record_check.h"
#include "storage/tool/walk/segment_walk.h"

namespace strata::storage::tool {
namespace {

// Batches without records, which stand for `offsets`.
std::string MakeBridge(OffsetRange offsets) {
  constexpr Offset kMostOffsets = std::numeric_limits<std::int32_t>::max();
  std::string batches;
  while (offsets.first < offsets.end) {
    const Offset end =
        offsets.end - offsets.first > kMostOffsets ? offsets.first + kMostOffsets : offsets.end;
    batches += EmptyBatch(offsets.first, end, /*epoch=*/0);
    offsets.first = end;
  }
  return batches;
}

// The segment that is being written.
class SegmentCopy {
 public:
  static Result<SegmentCopy> Create(const std::string& data_dir, PartitionId partition,
                                    Offset base_offset) {
    SegmentCopy copy;
    STRATA_TRY_ASSIGN(copy.file_,
                      FileSystem::Real().Open(SegmentPath(data_dir, partition, base_offset),
                                              FileSystem::OpenMode::kCreate));
    copy.note_.base_offset = base_offset;
    return copy;
  }

  Result<void> Append(std::string_view batches, TimestampMs max_timestamp_ms) {
    STRATA_TRY(file_->Write(note_.size_bytes, std::span(&batches, 1)));
    note_.size_bytes += static_cast<std::int64_t>(batches.size());
    note_.max_timestamp_ms = std::max(note_.max_timestamp_ms, max_timestamp_ms);
    return Ok();
  }

  std::int64_t size_bytes() const { return note_.size_bytes; }

  // What is to be noted of it when the next one is begun. `before`: what was noted of the original.
  SealedSegment Seal(Offset next_offset, const SealedSegment* before) {
    note_.next_offset = next_offset;
    if (before == nullptr) return note_;
    note_.sealed_at_ms = before->sealed_at_ms;
    note_.clean_since_ms = before->clean_since_ms;
    note_.has_tombstones = before->has_tombstones;
    return note_;
  }

 private:
  std::unique_ptr<File> file_;
  SealedSegment note_;
};

// Where in the file something lies.
struct FilePart {
  std::int64_t position = 0;
  std::int64_t bytes = 0;
};

class LogCopier {
 public:
  LogCopier(const std::string& from, const std::string& to, PartitionId partition,
            const LoadedState* state, Report* report)
      : from_(from), to_(to), partition_(partition), state_(state), report_(*report) {}

  Result<CopiedLog> Run(const SegmentPaths& paths);

 private:
  void ChooseStart(const SegmentPaths& paths);
  Result<void> CopySegment(const std::string& path, OffsetRange offsets);
  Result<void> CopyFile(const File& file, std::int64_t size_bytes, OffsetRange offsets);
  Result<void> LoseFile(OffsetRange offsets, const std::string& why);
  Result<void> CopyBatches(SegmentWalk& walk, std::int64_t size_bytes, OffsetRange offsets);
  Result<void> CopyBatch(const SegmentWalk& walk);
  Result<void> EndSegment(const SegmentWalk& walk, FilePart rest, OffsetRange offsets);
  const SealedSegment* NoteOf(Offset base_offset) const;
  // Covers what is missing up to `next_offset`, and says why.
  Result<void> BridgeTo(Offset next_offset, std::optional<FilePart> part, std::string_view why);
  void Add(Severity severity, std::optional<FilePart> part, std::optional<OffsetRange> offsets,
           std::string what);
  Offset stable() const { return state_ != nullptr ? std::max(state_->stable, log_.log_start) : 0; }

  const std::string& from_;
  const std::string& to_;
  const PartitionId partition_;
  const LoadedState* const state_;
  Report& report_;
  CopiedLog log_;                    // `log_end`: how far it has come
  std::optional<SegmentCopy> copy_;  // of the segment that is read
  std::string where_;                // it lies in `from`
  bool last_ = false;                // it is the last one
};

Result<CopiedLog> LogCopier::Run(const SegmentPaths& paths) {
  ChooseStart(paths);
  FileSystem& files = FileSystem::Real();
  STRATA_TRY(files.CreateDirectories(PartitionDirectory(to_, partition_)));
  for (auto path = paths.begin(); path != paths.end(); ++path) {
    const auto next = std::next(path);
    last_ = next == paths.end();
    const Offset end = last_ ? std::numeric_limits<Offset>::max() : next->first;
    if (end <= log_.log_start) continue;
    STRATA_TRY(CopySegment(path->second, {path->first, end}));
  }
  return std::move(log_);
}

// The log begins where it did, or where the first file that is left does.
void LogCopier::ChooseStart(const SegmentPaths& paths) {
  where_ = RelativePartitionPath(partition_);
  const Offset first_base = paths.empty() ? 0 : paths.begin()->first;
  const Offset noted = state_ != nullptr ? state_->log_start : first_base;
  log_.log_start = std::max(noted, first_base);
  if (paths.empty()) log_.log_start = stable();
  log_.log_end = log_.log_start;
  if (log_.log_start == noted) return;
  Add(Severity::kDamage, std::nullopt, OffsetRange{noted, log_.log_start},
      "their files are missing; the log begins behind them now");
}

Result<void> LogCopier::CopySegment(const std::string& path, OffsetRange offsets) {
  where_ = path;
  STRATA_TRY_ASSIGN(copy_, SegmentCopy::Create(to_, partition_, offsets.first));
  log_.log_end = offsets.first;
  ++report_.counts.segments;
  auto file = FileSystem::Real().Open(from_ + "/" + where_, FileSystem::OpenMode::kReadOnly);
  const Result<std::int64_t> size = file ? (*file)->Size() : Fail(file.error());
  STRATA_TRY(size ? CopyFile(**file, *size, offsets) : LoseFile(offsets, size.error().message));
  if (!last_) log_.sealed[offsets.first] = copy_->Seal(log_.log_end, NoteOf(offsets.first));
  report_.counts.bytes += copy_->size_bytes();
  log_.log_end = std::max(log_.log_end, log_.log_start);
  return Ok();
}

const SealedSegment* LogCopier::NoteOf(Offset base_offset) const {
  if (state_ == nullptr) return nullptr;
  const auto note = state_->sealed.find(base_offset);
  return note == state_->sealed.end() ? nullptr : &note->second;
}

Result<void> LogCopier::CopyFile(const File& file, std::int64_t size_bytes, OffsetRange offsets) {
  SegmentWalk walk(file, size_bytes, offsets);
  STRATA_TRY(CopyBatches(walk, size_bytes, offsets));
  for (const UnreadablePart& part : walk.unreadable()) {
    Add(Severity::kDamage, FilePart{part.position, part.bytes}, std::nullopt, part.why);
  }
  return Ok();
}

Result<void> LogCopier::LoseFile(OffsetRange offsets, const std::string& why) {
  const Offset end = last_ ? stable() : offsets.end;
  if (end > log_.log_end) return BridgeTo(end, std::nullopt, why);
  Add(Severity::kDamage, std::nullopt, std::nullopt, why + "; what it held is lost");
  return Ok();
}

Result<void> LogCopier::CopyBatches(SegmentWalk& walk, std::int64_t size_bytes,
                                    OffsetRange offsets) {
  while (true) {
    STRATA_TRY_ASSIGN(const SegmentWalk::Step step, walk.Next());
    if (step == SegmentWalk::Step::kEnd) {
      return EndSegment(walk, {walk.position(), size_bytes - walk.position()}, offsets);
    }
    if (step == SegmentWalk::Step::kGap) {
      const Gap& gap = walk.gap();
      STRATA_TRY(BridgeTo(std::min(gap.offsets.end, offsets.end),
                          FilePart{gap.begin, gap.end - gap.begin}, Describe(gap.what)));
    } else if (walk.batch().header.next_offset() <= offsets.end) {
      STRATA_TRY(CopyBatch(walk));
    }
  }
}

Result<void> LogCopier::CopyBatch(const SegmentWalk& walk) {
  const BatchHeader& header = walk.batch().header;
  if (const auto readable = CheckRecords(walk.bytes()); !readable) {
    const auto bytes = static_cast<std::int64_t>(header.total_bytes());
    return BridgeTo(header.next_offset(), FilePart{walk.batch().position, bytes},
                    readable.error().message);
  }
  STRATA_TRY(copy_->Append(walk.bytes(), header.max_timestamp_ms));
  log_.log_end = header.next_offset();
  log_.producer_ids_end = std::max(log_.producer_ids_end, header.producer_id + 1);
  ++report_.counts.batches;
  report_.counts.records += header.record_count;
  return Ok();
}

Result<void> LogCopier::EndSegment(const SegmentWalk& walk, FilePart rest, OffsetRange offsets) {
  const Offset wanted = last_ ? stable() : offsets.end;
  if (log_.log_end < wanted) return BridgeTo(wanted, rest, Describe(walk.end()));
  if (last_ && !IsCleanEnd(walk.end())) {
    // Nobody knows how much of it was flushed, if nothing is noted.
    Add(state_ != nullptr ? Severity::kTorn : Severity::kDamage, rest, std::nullopt,
        fmt::format("{}; these bytes are left out", Describe(walk.end())));
  }
  return Ok();
}

Result<void> LogCopier::BridgeTo(Offset next_offset, std::optional<FilePart> part,
                                 std::string_view why) {
  if (next_offset <= log_.log_end) return Ok();
  const OffsetRange lost{log_.log_end, next_offset};
  Add(Severity::kDamage, part, lost, fmt::format("{}; these offsets stay empty", why));
  STRATA_TRY(copy_->Append(MakeBridge(lost), kNoTimestamp));
  log_.log_end = next_offset;
  return Ok();
}

void LogCopier::Add(Severity severity, std::optional<FilePart> part,
                    std::optional<OffsetRange> offsets, std::string what) {
  Finding finding{severity, where_, std::move(what)};
  if (part) finding.position = part->position;
  if (part) finding.bytes = part->bytes;
  finding.offsets = offsets;
  finding.partition = partition_;
  report_.Add(std::move(finding));
}

}  // namespace

Result<CopiedLog> CopyLog(const std::string& from, const std::string& to, PartitionId partition,
                          const SegmentPaths& paths, const LoadedState* state, Report* report) {
  ++report->counts.partitions;
  return LogCopier(from, to, partition, state, report).Run(paths);
}

}  // namespace strata::storage::tool
