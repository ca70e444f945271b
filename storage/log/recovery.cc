#include "storage/log/recovery.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "storage/io/torn_tail.h"
#include "storage/log/cleaning/segment_swap.h"
#include "storage/log/recovery_decision.h"
#include "storage/log/segment_name.h"
#include "storage/log/segment_survey.h"
#include "storage/log/write_again.h"

namespace strata::storage {
namespace {

// Whether anything but zeros begins there.
Result<bool> HasBytesAt(const File& file, std::int64_t position) {
  std::array<char, kBatchHeaderBytes> front{};
  STRATA_TRY_ASSIGN(const std::size_t got, file.Read(position, front.data(), front.size()));
  return std::any_of(front.begin(), front.begin() + got, [](char byte) { return byte != '\0'; });
}

class Recovery {
 public:
  Recovery(const LogEnvironment& environment, PartitionId partition,
           std::optional<Offset> known_stable)
      : environment_(environment),
        partition_(partition),
        known_stable_(known_stable),
        directory_(PartitionDirectory(environment.data_dir, partition)) {}

  Result<RecoveredLog> Run();
  const std::optional<ProducerSnapshot>& noted_producers() const { return state_.producers; }

 private:
  Result<void> ListSegments();
  Result<void> CheckDevice() const;
  Result<void> DeleteTrimmed();
  Result<void> CheckSealed();
  Result<void> AddSealed(SealedSegment segment);
  Result<void> SurveySealed(const File& file, std::int64_t size, Offset base_offset,
                            Offset next_base);
  Result<bool> ResumeCleanEnd();
  Result<void> RecoverTail();
  Result<void> MakeDurable(const BatchPlace& first, std::int64_t end) const;
  Result<std::optional<IndexEntry>> FindScanStart(const File& file, std::int64_t size) const;
  Result<void> Settle(TailAction action, const SegmentSurvey& tail, const IndexBuilder& builder,
                      std::int64_t unchecked_index_bytes);
  void NoteDamage(const DamagedRange& range);
  void Refuse(Offset base_offset, std::int64_t position, std::string_view what);
  void AddSegment(const SegmentView& segment) { log_.contents.segments.push_back(segment); }
  Result<std::unique_ptr<File>> OpenSegment(Offset base_offset) const;
  std::string PathOf(Offset base_offset) const;

  const LogEnvironment& environment_;
  const PartitionId partition_;
  const std::optional<Offset> known_stable_;
  const std::string directory_;
  LoadedState state_;
  std::vector<Offset> bases_;  // of the segment files, in order
  RecoveredLog log_;
};

Result<RecoveredLog> Recovery::Run() {
  STRATA_TRY_ASSIGN(state_, environment_.state.Load(partition_));
  STRATA_TRY(FinishSwap(environment_, partition_, &state_));
  if (known_stable_ && *known_stable_ > state_.stable) {
    // The next start must know as much: damage below would seem to be a torn tail.
    state_.stable = *known_stable_;
    const std::pair<PartitionId, Offset> note(partition_, state_.stable);
    STRATA_TRY(environment_.state.NoteStable({&note, 1}));
  }
  state_.stable = std::max(state_.stable, state_.log_start);
  log_.contents.cleaned = state_.cleaned;
  log_.contents.log_start = state_.log_start;
  log_.contents.log_end = state_.log_start;
  STRATA_TRY(ListSegments());
  STRATA_TRY(DeleteTrimmed());
  if (bases_.empty()) {
    if (state_.stable > state_.log_start) {
      Refuse(state_.log_start, 0, "the segment file is missing");
    } else {
      environment_.index.DropBeyond(partition_, {state_.log_start, state_.log_start, 0});
    }
    return std::move(log_);
  }
  if (bases_.front() > state_.log_start) {
    NoteDamage({state_.log_start, bases_.front(), state_.log_start, 0, std::nullopt,
                "the segment file is missing"});
  }
  STRATA_TRY(CheckSealed());
  STRATA_TRY_ASSIGN(const bool resumed, ResumeCleanEnd());
  if (!resumed) STRATA_TRY(RecoverTail());
  return std::move(log_);
}

Result<void> Recovery::ListSegments() {
  FileSystem& file_system = environment_.file_system;
  STRATA_TRY(file_system.CreateDirectory(TopicDirectory(environment_.data_dir, partition_.topic)));
  STRATA_TRY(file_system.CreateDirectory(directory_));
  STRATA_TRY(CheckDevice());
  STRATA_TRY_ASSIGN(const auto names, file_system.List(directory_));
  for (const std::string& name : names) {
    if (const auto base_offset = ParseSegmentFileName(name)) bases_.push_back(*base_offset);
  }
  return Ok();
}

// One flush is to cover all logs.
Result<void> Recovery::CheckDevice() const {
  const std::string topics = TopicsDirectory(environment_.data_dir);
  STRATA_TRY_ASSIGN(const std::uint64_t expected, environment_.file_system.DeviceOf(topics));
  STRATA_TRY_ASSIGN(const std::uint64_t found, environment_.file_system.DeviceOf(directory_));
  if (found == expected) return Ok();
  return Fail(ErrorCode::IO_ERROR, "'" + directory_ + "' is on another file system than '" +
                                       topics + "': move it back, or move all of that");
}

// A crash may have come between the move of the log start and the deletions that follow it.
Result<void> Recovery::DeleteTrimmed() {
  std::size_t trimmed = 0;
  while (trimmed + 1 < bases_.size() && bases_[trimmed + 1] <= state_.log_start) {
    STRATA_TRY(environment_.file_system.RemoveFile(PathOf(bases_[trimmed])));
    ++trimmed;
  }
  bases_.erase(bases_.begin(), bases_.begin() + static_cast<std::ptrdiff_t>(trimmed));
  return Ok();
}

// All segments but the last: each must end where the next begins.
Result<void> Recovery::CheckSealed() {
  for (std::size_t i = 0; i + 1 < bases_.size(); ++i) {
    STRATA_TRY_ASSIGN(const auto file, OpenSegment(bases_[i]));
    STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
    const auto noted = state_.sealed.find(bases_[i]);
    if (noted != state_.sealed.end() && noted->second.next_offset == bases_[i + 1] &&
        noted->second.size_bytes <= size) {
      STRATA_TRY(AddSealed(noted->second));
    } else {
      STRATA_TRY(SurveySealed(*file, size, bases_[i], bases_[i + 1]));
    }
  }
  return Ok();
}

Result<void> Recovery::AddSealed(SealedSegment segment) {
  if (segment.sealed_at_ms == kNoTimestamp) {
    segment.sealed_at_ms = environment_.clock.Stamp();
    STRATA_TRY(environment_.state.NoteSealed(partition_, segment));
  }
  AddSegment(ViewOf(segment));
  return Ok();
}

Result<void> Recovery::SurveySealed(const File& file, std::int64_t size, Offset base_offset,
                                    Offset next_base) {
  TimestampMs max_timestamp_ms = kNoTimestamp;
  STRATA_TRY_ASSIGN(const SegmentSurvey survey,
                    SurveySegment(file, {base_offset, base_offset, 0, size, next_base, next_base},
                                  [&](const BatchPlace& batch) {
                                    max_timestamp_ms =
                                        std::max(max_timestamp_ms, batch.header.max_timestamp_ms);
                                  }));
  const TimestampMs found_at = environment_.clock.Stamp();
  AddSegment({base_offset, survey.end_position, max_timestamp_ms, survey.end_position, found_at});
  for (const DamagedRange& range : survey.damage) NoteDamage(range);
  if (survey.next_offset < next_base) {
    const std::string what = IsCleanEnd(survey.end)
                                 ? "the file ends there, and no other goes on with offset " +
                                       std::to_string(survey.next_offset)
                                 : std::string(Describe(survey.end));
    NoteDamage(
        {survey.next_offset, next_base, base_offset, survey.end_position, std::nullopt, what});
  } else if (survey.damage.empty()) {
    STRATA_TRY(environment_.state.NoteSealed(
        partition_, {base_offset, next_base, survey.end_position, max_timestamp_ms, found_at}));
  }
  return Ok();
}

// After a clean stop nothing needs to be read, unless the log has been written since: then an older
// copy of the truth was put beside it.
Result<bool> Recovery::ResumeCleanEnd() {
  if (known_stable_) return false;
  const auto& end = state_.clean_end;
  if (!end || end->segment_base != bases_.back()) return false;
  STRATA_TRY_ASSIGN(const auto file, OpenSegment(end->segment_base));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  if (size < end->size_bytes) return false;
  STRATA_TRY_ASSIGN(const bool written, HasBytesAt(*file, end->size_bytes));
  if (written) {
    spdlog::warn(
        "{} goes on behind position {}, where it ended at the last clean stop that is noted: "
        "looking "
        "at what follows. If an older copy of meta/ was brought back, cursors and settings are "
        "older "
        "than the records, too",
        PathOf(end->segment_base), end->size_bytes);
    return false;
  }
  const TimestampMs found_at = environment_.clock.Stamp();
  AddSegment(
      {end->segment_base, end->size_bytes, end->max_timestamp_ms, end->size_bytes, found_at});
  log_.contents.log_end = end->log_end;
  const IndexBuilder builder(end->segment_base, end->size_bytes, end->max_timestamp_ms);
  log_.active =
      ActiveSegment(end->segment_base, end->size_bytes, builder, end->size_bytes, found_at);
  return true;
}

Result<void> Recovery::RecoverTail() {
  const Offset base_offset = bases_.back();
  STRATA_TRY_ASSIGN(const auto file, OpenSegment(base_offset));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  STRATA_TRY_ASSIGN(const auto start, FindScanStart(*file, size));
  IndexBuilder builder = start ? IndexBuilder(*start) : IndexBuilder(base_offset);
  IndexUpdate update;
  std::optional<BatchPlace> unproven;  // the first that is not known to have been flushed
  SurveyRequest request{base_offset, start ? start->offset : base_offset,
                        start ? start->position : 0, size};
  request.highest = HighestEnd(request.offset, size);
  request.step_over_below = state_.stable;
  STRATA_TRY_ASSIGN(const SegmentSurvey tail,
                    SurveySegment(*file, request, [&](const BatchPlace& batch) {
                      if (!unproven && batch.header.next_offset() > state_.stable) unproven = batch;
                      if (const auto entry = builder.Add(batch))
                        update.entries.push_back({partition_, *entry});
                    }));
  if (unproven) STRATA_TRY(MakeDurable(*unproven, tail.end_position));
  const TailAction action = DecideTail(tail.end, tail.next_offset, state_.stable);
  if (action != TailAction::kRefuse) {
    // The index first: nothing of what it says beyond the end may outlive the cut.
    environment_.index.DropBeyond(partition_, {tail.next_offset, base_offset, tail.end_position});
    environment_.index.Put(update);
  }
  return Settle(action, tail, builder, request.position);
}

// What is read may be in the system's memory alone: after a failed flush it takes its pages for
// clean, and no further flush brings them to the disk, but a new write does. What was written again
// is read once more, since the pages may have been given up for what the disk has.
Result<void> Recovery::MakeDurable(const BatchPlace& first, std::int64_t end) const {
  const std::string path = PathOf(bases_.back());
  STRATA_TRY(WriteAgain(environment_.file_system, path, first.position, end));
  STRATA_TRY_ASSIGN(const auto file, OpenSegment(bases_.back()));
  BatchScanner scanner(*file, first.position, end, first.header.base_offset,
                       BatchScanner::Check::kCrc);
  BatchPlace batch;
  while (true) {
    STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
    if (!more) break;
  }
  if (scanner.position() == end) return Ok();
  return Fail(ErrorCode::IO_ERROR, "'" + path + "' reads differently each time at position " +
                                       std::to_string(scanner.position()));
}

// The last indexed batch of the last segment that is below the recorded stable offset, if it is
// really there. Damage before it would be corruption of what was stable; only damage behind it can
// be the trace of a crash, so the search for that begins here.
Result<std::optional<IndexEntry>> Recovery::FindScanStart(const File& file,
                                                          std::int64_t size) const {
  if (state_.stable == 0) return std::nullopt;
  const auto entry = environment_.index.FindOffset(partition_, state_.stable - 1);
  if (!entry || entry->segment_base != bases_.back() || entry->generation != 0) return std::nullopt;
  BatchScanner scanner(file, entry->position, size, entry->offset, BatchScanner::Check::kCrc);
  BatchPlace batch;
  STRATA_TRY_ASSIGN(const bool valid, scanner.Next(&batch));
  if (!valid) return std::nullopt;
  return entry;
}

Result<void> Recovery::Settle(TailAction action, const SegmentSurvey& tail,
                              const IndexBuilder& builder, std::int64_t unchecked_index_bytes) {
  const Offset base_offset = bases_.back();
  const TimestampMs found_at = environment_.clock.Stamp();
  AddSegment({base_offset, tail.end_position, builder.max_timestamp_ms(), unchecked_index_bytes,
              found_at});
  log_.contents.log_end = std::max(state_.log_start, tail.next_offset);
  for (const DamagedRange& range : tail.damage) NoteDamage(range);
  if (action == TailAction::kRefuse) {
    Refuse(base_offset, tail.end_position, Describe(tail.end));
    return Ok();
  }
  // A damaged file stays as it is: the log goes on in another one.
  if (!tail.damage.empty()) return Ok();
  log_.active =
      ActiveSegment(base_offset, tail.end_position, builder, unchecked_index_bytes, found_at);
  if (action == TailAction::kCut) {
    STRATA_TRY_ASSIGN(const std::string aside, CutTornTail(environment_.file_system,
                                                           PathOf(base_offset), tail.end_position));
    spdlog::warn(
        "{}: cut a torn tail off at offset {}, {} ({}), behind all that is known to have been "
        "flushed; its bytes are in {}: strata-log segment shows what is intact in there",
        PathOf(base_offset), tail.next_offset, tail.end_position, Describe(tail.end), aside);
  }
  return Ok();
}

void Recovery::Refuse(Offset base_offset, std::int64_t position, std::string_view what) {
  const Offset first_lost = log_.contents.log_end;
  const std::string message = fmt::format(
      "{} is damaged at position {} ({}): the offsets from {} to {} were on disk and are "
      "lost, and perhaps more behind them; bring the file back from a copy, or make a "
      "new data directory with strata-log repair",
      PathOf(base_offset), position, what, first_lost, state_.stable - 1);
  spdlog::error("{}; appends are refused", message);
  log_.contents.health = Fail(ErrorCode::CORRUPT_LOG, message);
  log_.contents.damage.push_back(
      {first_lost, state_.stable, base_offset, position, std::nullopt, std::string(what)});
  log_.contents.log_end = state_.stable;
}

void Recovery::NoteDamage(const DamagedRange& range) {
  spdlog::error(
      "{} is damaged at position {} ({}); offsets {} to {} cannot be read, the next good one is "
      "{}; "
      "strata-log verify tells more when the broker is stopped",
      PathOf(range.segment_base), range.position, range.what, range.begin, range.end - 1,
      range.end);
  log_.contents.damage.push_back(range);
}

Result<std::unique_ptr<File>> Recovery::OpenSegment(Offset base_offset) const {
  return environment_.file_system.Open(PathOf(base_offset), FileSystem::OpenMode::kReadOnly);
}

std::string Recovery::PathOf(Offset base_offset) const {
  return directory_ + "/" + SegmentFileName(base_offset);
}

}  // namespace

Result<RecoveredLog> RecoverLog(const LogEnvironment& environment, PartitionId partition,
                                std::optional<Offset> known_stable) {
  Recovery recovery(environment, partition, known_stable);
  STRATA_TRY_ASSIGN(RecoveredLog log, recovery.Run());
  const PartitionLog::Contents& contents = log.contents;
  if (contents.health) {
    STRATA_TRY_ASSIGN(log.producers,
                      RecoverProducers(environment, partition, recovery.noted_producers(),
                                       contents.segments, contents.log_end));
  }
  return log;
}

}  // namespace strata::storage
