#include "storage/log/partition_appender.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

// Who placed the batch. There is one owner for ever as long as there is no cluster.
constexpr std::int32_t kOwnershipEpoch = 0;

std::int64_t SizeOf(const PendingAppend& append) {
  return static_cast<std::int64_t>(append.header.total_bytes());
}

// A batch as it is stored: what the broker says of its place, and the rest as it came.
Fragments Placed(SharedBytes placement, const Fragments& batch) {
  Fragments placed = WithoutFirst(batch, kPlacementBytes);
  placed.insert(placed.begin(), std::move(placement));
  return placed;
}

}  // namespace

PartitionAppender::PartitionAppender(const LogEnvironment& environment,
                                     std::shared_ptr<PartitionLog> log, ActiveSegment active,
                                     Offset log_end, PartitionProducers producers)
    : environment_(environment),
      log_(std::move(log)),
      active_(std::move(active)),
      producers_(std::move(producers)),
      next_offset_(log_end),
      stable_(log_end) {
  if (const Result<void> health = log_->health(); !health) refusal_ = health.error();
}

bool PartitionAppender::Queue(PendingAppend append) {
  queued_.push_back(std::move(append));
  return queued_.size() == 1 && !roll_queued_;
}

bool PartitionAppender::QueueRoll() {
  const bool first = queued_.empty() && !roll_queued_;
  roll_queued_ = true;
  return first;
}

void PartitionAppender::WriteQueued(Clock::time_point now, bool single_flush) {
  const LogOptions options = log_->options();
  const bool flushes_soon = single_flush && options.durability == Durability::kFsync;
  const auto zeros = flushes_soon ? Segment::Zeros::kAhead : Segment::Zeros::kNone;
  last_used_ = now;
  if (!flush_due_) failures_before_ = environment_.gate.failures();
  if (std::exchange(roll_queued_, false) && !refusal_) {
    // An idle log that cannot be rolled now will be asked again.
    if (const Result<void> rolled = RollIdle(); !rolled) {
      spdlog::warn("{}: {}", log_->name(), rolled.error().message);
    }
  }
  for (std::size_t begin = 0; begin < queued_.size() && !refusal_;) {
    // A stretch begins with something to write, so no segment is begun for nothing.
    if (const Fate fate = Decide(&queued_[begin]); fate != Fate::kNew) {
      if (fate == Fate::kDuplicate) AnswerDuplicate(&queued_[begin]);
      ++begin;
      continue;
    }
    const Stretch stretch = NextStretch(begin, options, now);
    if (const Result<void> ready = PrepareSegment(stretch, options); !ready) {
      if (!refusal_) Refuse(stretch.begin, stretch.end, ready.error());
    } else if (const Result<void> written = WriteStretch(stretch, zeros, now); !written) {
      Poison(written.error());
    }
    begin = stretch.end;
  }
  if (refusal_) {
    RefuseAll(*refusal_);
  } else {
    PublishWritten(options);
    ScheduleFlush(options, now);
  }
  std::vector<PendingAppend>().swap(queued_);
}

// Refused ones are told so. Goes by what is in the log or ahead in this round: so an append counts
// only when nothing but the write itself can fail any more, which poisons the log.
PartitionAppender::Fate PartitionAppender::Decide(PendingAppend* append) const {
  auto original = producers_.Check(append->header);
  if (!original) {
    append->ack.Tell(Fail(std::move(original).error()));
    return Fate::kRefused;
  }
  if (!*original) return Fate::kNew;
  append->header.base_offset = **original;
  return Fate::kDuplicate;
}

PartitionAppender::Stretch PartitionAppender::NextStretch(std::size_t begin,
                                                          const LogOptions& options,
                                                          Clock::time_point now) const {
  Stretch stretch{begin, begin + 1, SizeOf(queued_[begin]), false};
  std::int64_t used = active_.exists() ? active_.size_bytes() : 0;
  if (used > 0) {
    stretch.roll = used + stretch.bytes > options.segment_bytes ||
                   now - active_.started() >= options.segment_age;
  }
  if (stretch.roll) used = 0;
  while (stretch.end < queued_.size()) {
    const std::int64_t more = SizeOf(queued_[stretch.end]);
    if (used + stretch.bytes + more > options.segment_bytes) break;
    stretch.bytes += more;
    ++stretch.end;
  }
  return stretch;
}

Result<void> PartitionAppender::PrepareSegment(const Stretch& stretch, const LogOptions& options) {
  const std::string directory = PartitionDirectory(environment_.data_dir, log_->id());
  if (active_.exists()) STRATA_TRY(active_.Open(environment_.file_system, directory));
  if (!active_.exists() || stretch.roll) STRATA_TRY(StartSegment(directory));
  // What stands for lost offsets, a few bytes on their own, is what the reserve is kept for: the
  // log is not open before they are written.
  const bool one_batch = stretch.end - stretch.begin == 1;
  if (one_batch && queued_[stretch.begin].header.record_count == 0) return Ok();
  return active_.Reserve(stretch.bytes, options.segment_bytes, environment_.reserve);
}

Result<void> PartitionAppender::RollIdle() {
  if (!active_.exists() || active_.size_bytes() == 0) return Ok();
  const std::string directory = PartitionDirectory(environment_.data_dir, log_->id());
  STRATA_TRY(active_.Open(environment_.file_system, directory));
  STRATA_TRY(StartSegment(directory));
  NoteGrowth(ActiveView());
  return Ok();
}

Result<void> PartitionAppender::StartSegment(const std::string& directory) {
  std::optional<SegmentView> before;
  if (active_.exists()) {
    const Result<SegmentView> sealed = SealSegment();
    if (!sealed) {
      Poison(sealed.error());
      return strata::Fail(sealed.error());
    }
    before = *sealed;
  }
  STRATA_TRY(
      active_.Start(environment_.file_system, directory, next_offset_, environment_.clock.Stamp()));
  if (before) NoteGrowth(*before);
  return Ok();
}

Result<SegmentView> PartitionAppender::SealSegment() {
  STRATA_TRY(active_.Seal());
  SegmentView view = ActiveView();
  view.since_ms = environment_.clock.Stamp();
  const SealedSegment sealed = SealedFrom(view, next_offset_);
  // Without this note the next opening looks into the segment: slower, not wrong.
  (void)environment_.state.NoteSealed(log_->id(), sealed);
  sealed_ = true;
  const bool all_flushed = stable_ == next_offset_ && !active_.new_entry();
  if (all_flushed) NoteProducersOfEnd();
  if (IndexIsComplete()) {
    to_index_.coverage.push_back({log_->id(), sealed.base_offset, sealed.size_bytes});
  }
  return view;
}

// So whoever rewrites or deletes sealed segments need not care for the producers in them. Not
// earlier: what the note speaks of must not be lost, or the note is of no use.
void PartitionAppender::NoteProducersOfEnd() {
  sealed_ = false;
  auto producers = producers_.TakeNoteOfEnd(next_offset_);
  if (!producers) return;
  const std::pair<PartitionId, std::string> note(log_->id(), *std::move(producers));
  if (environment_.state.NoteProducers({&note, 1})) return;
  producers_.NoteLost();
  sealed_ = true;
}

bool PartitionAppender::IndexIsComplete() const {
  const std::int64_t unchecked = active_.unchecked_index_bytes();
  if (unchecked == 0) return true;
  return environment_.index.CoveredBytes(log_->id(), active_.base_offset()) >= unchecked;
}

Result<void> PartitionAppender::WriteStretch(const Stretch& stretch, Segment::Zeros zeros,
                                             Clock::time_point now) {
  const std::size_t count = stretch.end - stretch.begin;
  const auto memory = std::make_shared_for_overwrite<char[]>(count * kPlacementBytes);
  std::vector<std::string_view> views;
  views.reserve(2 * count);
  std::vector<Fate> fates;
  fates.reserve(count);
  Offset offset = next_offset_;
  std::int64_t bytes = 0;
  char* placement = memory.get();
  for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
    fates.push_back(Decide(&queued_[i]));
    if (fates.back() != Fate::kNew) continue;
    BatchHeader& header = queued_[i].header;
    header.base_offset = offset;
    producers_.Place(header, now);
    bytes += SizeOf(queued_[i]);
    offset = header.next_offset();
    const auto encoded = EncodePlacement(header.base_offset, header.batch_length, kOwnershipEpoch);
    std::memcpy(placement, encoded.data(), kPlacementBytes);
    Fragments& batch = queued_[i].batch;
    batch = Placed(SharedBytes(memory, {placement, kPlacementBytes}), batch);
    for (const SharedBytes& fragment : batch) views.push_back(fragment.view());
    placement += kPlacementBytes;
    if (queued_[i].durability == Durability::kNone) {
      queued_[i].ack.Tell(AppendResult{header.base_offset, Durability::kNone});
    }
  }
  std::int64_t position = active_.size_bytes();
  if (bytes > 0) STRATA_TRY(active_.Append(views, bytes, zeros, now));
  for (std::size_t i = 0; i < count; ++i) {
    PendingAppend& append = queued_[stretch.begin + i];
    if (fates[i] == Fate::kDuplicate) AnswerDuplicate(&append);
    if (fates[i] != Fate::kNew) continue;
    NoteWritten(&append, position);
    position += SizeOf(append);
  }
  if (bytes > 0) NoteGrowth(ActiveView());
  return Ok();
}

void PartitionAppender::NoteWritten(PendingAppend* append, std::int64_t position) {
  const BatchHeader& header = append->header;
  next_offset_ = header.next_offset();
  if (const auto entry = active_.AddToIndex({header, position})) {
    to_index_.entries.push_back({log_->id(), *entry});
  }
  to_cache_.push_back({header.base_offset, header.next_offset(), std::move(append->batch)});
  if (append->ack.told()) return;
  auto& waiting = append->durability == Durability::kFsync ? wait_for_flush_ : wait_for_write_;
  waiting.push_back({std::move(append->ack), {header.base_offset, append->durability}});
}

// When the original is as durable as is asked for, and those that came before have been answered.
void PartitionAppender::AnswerDuplicate(PendingAppend* append) {
  const AppendResult result{append->header.base_offset, append->durability, /*duplicate=*/true};
  if (append->durability == Durability::kNone) return append->ack.Tell(result);
  const bool on_disk = append->header.next_offset() <= stable_ && wait_for_flush_.empty();
  const bool flush = append->durability == Durability::kFsync && !on_disk;
  (flush ? wait_for_flush_ : wait_for_write_).push_back({std::move(append->ack), result});
}

SegmentView PartitionAppender::ActiveView() const {
  SegmentView view;
  view.base_offset = active_.base_offset();
  view.visible_bytes = active_.size_bytes();
  view.max_timestamp_ms = active_.max_timestamp_ms();
  view.since_ms = active_.since_ms();
  return view;
}

void PartitionAppender::NoteGrowth(const SegmentView& view) {
  if (!grown_.empty() && grown_.back().base_offset == view.base_offset) {
    grown_.back() = view;
  } else {
    grown_.push_back(view);
  }
}

void PartitionAppender::ScheduleFlush(const LogOptions& options, Clock::time_point now) {
  const bool nothing_new = !flush_due_ && next_offset_ == stable_ && !active_.new_entry();
  if (nothing_new) return;
  const bool at_once = options.durability == Durability::kFsync || !wait_for_flush_.empty();
  const Clock::time_point due = at_once ? now : now + options.flush_interval;
  flush_due_ = flush_due_ ? std::min(*flush_due_, due) : due;
}

void PartitionAppender::PublishWritten(const LogOptions& options) {
  PartitionLog::Callbacks ready;
  if (options.durability == Durability::kFsync) {
    ready = log_->Publish({next_offset_, std::nullopt, /*visible=*/false, {}});
  } else {
    ready = MakeVisible(std::nullopt);
  }
  for (const auto& callback : ready) callback();
  Acknowledge(&wait_for_write_);
}

PartitionLog::Callbacks PartitionAppender::MakeVisible(std::optional<Offset> stable) {
  environment_.cache.Put(log_->id(), std::exchange(to_cache_, {}));
  auto ready = log_->Publish({next_offset_, stable, /*visible=*/true, grown_});
  std::vector<SegmentView>().swap(grown_);
  return ready;
}

Result<void> PartitionAppender::Flush() {
  const std::string& data_dir = environment_.data_dir;
  FileSystem& file_system = environment_.file_system;
  STRATA_TRY(active_.Sync());
  if (active_.new_entry()) {
    STRATA_TRY(file_system.SyncDirectory(PartitionDirectory(data_dir, log_->id())));
  }
  if (active_.first_of_log()) {
    STRATA_TRY(file_system.SyncDirectory(TopicDirectory(data_dir, log_->id().topic)));
    STRATA_TRY(file_system.SyncDirectory(TopicsDirectory(data_dir)));
  }
  return Ok();
}

void PartitionAppender::Flushed() {
  if (environment_.gate.failures() != failures_before_) {
    return Poison({ErrorCode::IO_ERROR, "a flush of the file system has failed meanwhile"});
  }
  flush_due_.reset();
  active_.NoteEntrySynced();
  stable_ = next_offset_;
  producers_.Flushed(stable_);
  if (sealed_) NoteProducersOfEnd();
  // Readers first: they go on with threads of their own, while acknowledging may send.
  for (const auto& callback : MakeVisible(stable_)) callback();
  Acknowledge(&wait_for_flush_);
}

void PartitionAppender::Acknowledge(std::vector<Waiting>* waiting) {
  for (Waiting& each : *waiting) each.ack.Tell(each.result);
  std::vector<Waiting>().swap(*waiting);
}

void PartitionAppender::Poison(const Error& cause) {
  const Error error{ErrorCode::LOG_POISONED, log_->name() + " takes no more appends since " +
                                                 "the disk failed under it: " + cause.message};
  log_->Fail(error);
  RefuseAll(error);
}

void PartitionAppender::Abandon(ErrorCode reason) {
  RefuseAll({reason, reason == ErrorCode::UNKNOWN_PARTITION ? log_->name() + " was removed"
                                                            : "the broker is shutting down"});
}

void PartitionAppender::RefuseAll(const Error& error) {
  if (!refusal_) refusal_ = error;
  flush_due_.reset();
  active_.CloseFile();
  to_index_ = {};
  grown_.clear();
  std::vector<CachedBatch>().swap(to_cache_);
  for (auto* waiting : {&wait_for_write_, &wait_for_flush_}) {
    for (Waiting& each : *waiting) each.ack.Tell(Fail(*refusal_));
    std::vector<Waiting>().swap(*waiting);
  }
  Refuse(0, queued_.size(), *refusal_);
  std::vector<PendingAppend>().swap(queued_);
}

void PartitionAppender::Refuse(std::size_t begin, std::size_t end, const Error& error) {
  for (std::size_t i = begin; i < end; ++i) {
    if (!queued_[i].ack.told()) queued_[i].ack.Tell(Fail(error));
  }
}

void PartitionAppender::TakeIndexUpdate(IndexUpdate* update) {
  std::move(to_index_.entries.begin(), to_index_.entries.end(),
            std::back_inserter(update->entries));
  std::move(to_index_.coverage.begin(), to_index_.coverage.end(),
            std::back_inserter(update->coverage));
  to_index_ = {};
}

std::optional<CleanEnd> PartitionAppender::clean_end() const {
  if (refusal_ || !active_.exists() || stable_ != next_offset_) return std::nullopt;
  return CleanEnd{active_.base_offset(), next_offset_, active_.size_bytes(),
                  active_.max_timestamp_ms()};
}

}  // namespace strata::storage
