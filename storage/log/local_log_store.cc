#include "storage/log/local_log_store.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>

#include <spdlog/spdlog.h>

#include "proto/base/awaited.h"
#include "proto/batch/batch_filter.h"
#include "storage/log/cleaning/log_trimmer.h"
#include "storage/log/local_log_store_impl.h"
#include "storage/log/recovery.h"
#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

std::vector<std::unique_ptr<LogWriter>> MakeWriters(const LogEnvironment& environment,
                                                    QueueBudget& budget,
                                                    const LocalLogStoreOptions& options) {
  const auto count = static_cast<std::size_t>(std::max(options.writers, 1));
  const LogWriter::Options each{options.max_open_active_files / count, options.note_interval};
  std::vector<std::unique_ptr<LogWriter>> writers;
  for (std::size_t i = 0; i < count; ++i) {
    writers.push_back(std::make_unique<LogWriter>(environment, budget, each));
  }
  return writers;
}

}  // namespace

LocalLogStore::LocalLogStore(const LocalLogStoreOptions& options, LogState state,
                             TimestampMs latest_time)
    : data_dir_(options.data_dir),
      topics_dir_(TopicsDirectory(data_dir_)),
      file_system_(*options.file_system),
      state_(std::move(state)),
      index_(*options.index, [this](const Error& error) { NoteIndexFailure(error); }),
      cache_(options.tail_cache_bytes),
      files_(file_system_, data_dir_, options.max_open_read_files),
      gate_(file_system_, topics_dir_),
      reserve_(file_system_, topics_dir_, options.disk_reserve_bytes),
      budget_(options.max_queued_bytes),
      clock_(*options.time_source, latest_time),
      environment_{file_system_,
                   data_dir_,
                   state_,
                   index_,
                   cache_,
                   files_,
                   gate_,
                   reserve_,
                   clock_,
                   fences_,
                   options.producer_limits},
      reader_(environment_),
      writers_(MakeWriters(environment_, budget_, options)),
      cleaner_(
          environment_, [this] { return LogsToClean(); }, options.cleanup_interval,
          options.compaction_map_bytes) {}

LocalLogStore::~LocalLogStore() {
  cleaner_.Stop();
  for (const auto& writer : writers_) writer->Stop(LogWriter::StopMode::kAbandon);
  for (const Partition& partition : AllPartitions()) EndWaits(partition, /*removed=*/false);
}

Result<void> LocalLogStore::Open(PartitionId partition, const LogOptions& options) {
  MutexLock change(change_mutex_);
  if (closed_) return Fail(ErrorCode::SHUTTING_DOWN, "the broker is shutting down");
  const auto found = Find(partition);
  if (found) return Reopen(*found, options);
  if (found.error().code == ErrorCode::LOG_POISONED) STRATA_TRY(SyncEntries(partition));
  Result<Partition> opened = Recover(partition, options, EndsOfUnopened(partition));
  MutexLock lock(partitions_mutex_);
  if (!opened) {
    const Error& error = opened.error();
    unopened_[partition].why = {ErrorCode::LOG_POISONED, Describe(partition, options.topic_name) +
                                                             " cannot be opened: " + error.message};
    return Fail(error);
  }
  unopened_.erase(partition);
  partitions_.emplace(partition, *std::move(opened));
  return Ok();
}

Result<void> LocalLogStore::Reopen(const Partition& found, const LogOptions& options) {
  found.log->set_options(options);
  const Result<void> health = found.log->health();
  if (health || health.error().code != ErrorCode::LOG_POISONED) return Ok();
  const PartitionId partition = found.log->id();
  found.writer->Release({found.appender.get()});
  FairLock upkeep(found.log->upkeep());
  if (found.log->unfinished_swap()) Shut(found, health.error());
  STRATA_TRY(SyncEntries(partition));
  // Until this succeeds the log stays as it is: it may still be read.
  STRATA_TRY_ASSIGN(Partition opened, Recover(partition, options, found.log->ends()));
  cache_.Remove(partition);
  {
    MutexLock lock(partitions_mutex_);
    unopened_.erase(partition);
    partitions_[partition] = std::move(opened);
  }
  spdlog::info("{} has been verified and takes appends again", found.log->name());
  // Whoever waits looks again, and finds the new one.
  EndWaits(found, /*removed=*/false);
  return Ok();
}

// Recovery will complete a swap of segments, and change the files that the log speaks of.
void LocalLogStore::Shut(const Partition& found, const Error& why) {
  {
    MutexLock lock(partitions_mutex_);
    partitions_.erase(found.log->id());
    unopened_[found.log->id()] = {why, found.log->ends()};
  }
  cache_.Remove(found.log->id());
  EndWaits(found, /*removed=*/false);
}

Result<void> LocalLogStore::SyncEntries(PartitionId partition) {
  const std::string directory = PartitionDirectory(data_dir_, partition);
  STRATA_TRY_ASSIGN(const bool exists, file_system_.Exists(directory));
  if (!exists) return Ok();
  STRATA_TRY(file_system_.SyncDirectory(directory));
  STRATA_TRY(file_system_.SyncDirectory(TopicDirectory(data_dir_, partition.topic)));
  return file_system_.SyncDirectory(topics_dir_);
}

Result<LocalLogStore::Partition> LocalLogStore::Recover(PartitionId partition,
                                                        const LogOptions& options,
                                                        const std::optional<LogEnds>& known) {
  std::optional<Offset> known_stable;
  if (known) known_stable = known->stable;
  STRATA_TRY_ASSIGN(RecoveredLog recovered, RecoverLog(environment_, partition, known_stable));
  const Offset log_end = recovered.contents.log_end;
  Partition opened;
  opened.log = std::make_shared<PartitionLog>(partition, options, std::move(recovered.contents));
  opened.appender = std::make_shared<PartitionAppender>(
      environment_, opened.log, std::move(recovered.active), log_end,
      PartitionProducers(fences_, std::move(recovered.producers.table),
                         recovered.producers.noted_as_of));
  opened.writer = &WriterOf(partition);
  if (known && opened.log->health()) {
    if (const Result<void> passed = PassOver(opened, known->visible); !passed) {
      opened.writer->Release({opened.appender.get()});
      return Fail(passed.error());
    }
  }
  return opened;
}

Result<void> LocalLogStore::PassOver(const Partition& opened, Offset end) {
  constexpr Offset kMostOfABatch = std::numeric_limits<std::int32_t>::max();
  Offset next = opened.log->ends().log_end;
  if (next >= end) return Ok();
  cache_.Remove(opened.log->id());
  spdlog::warn(
      "{}: the disk has lost the offsets {} to {}, which were not flushed; they are passed over",
      opened.log->name(), next, end - 1);
  for (Offset until = 0; next < end; next = until) {
    until = std::min(end, next + kMostOfABatch);
    const auto batch = SharedBytes::FromString(EmptyBatch(next, until, /*epoch=*/0));
    STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(batch.view()));
    const Awaited<AppendResult> stored;
    opened.writer->Enqueue(opened.appender, header, {batch}, Durability::kFsync, stored.Callback());
    STRATA_TRY(stored.Wait());
  }
  return Ok();
}

Result<void> LocalLogStore::Configure(PartitionId partition, const LogOptions& options) {
  STRATA_TRY_ASSIGN(const auto log, FindLog(partition));
  log->set_options(options);
  return Ok();
}

Result<void> LocalLogStore::Remove(const std::vector<PartitionId>& partitions) {
  STRATA_TRY(CloseLogs(partitions));
  for (const PartitionId partition : partitions) cache_.Remove(partition);
  STRATA_TRY(DeleteDirectories(partitions));
  index_.Remove(partitions);
  return state_.Remove(partitions);
}

Result<void> LocalLogStore::CloseLogs(const std::vector<PartitionId>& partitions) {
  MutexLock change(change_mutex_);
  if (closed_) return Fail(ErrorCode::SHUTTING_DOWN, "the broker is shutting down");
  std::vector<Partition> closing;
  {
    MutexLock lock(partitions_mutex_);
    for (const PartitionId partition : partitions) {
      unopened_.erase(partition);
      const auto found = partitions_.find(partition);
      if (found == partitions_.end()) continue;
      closing.push_back(std::move(found->second));
      partitions_.erase(found);
    }
  }
  for (const auto& writer : writers_) {
    std::vector<PartitionAppender*> appenders;
    for (const Partition& partition : closing) {
      if (partition.writer == writer.get()) appenders.push_back(partition.appender.get());
    }
    if (!appenders.empty()) writer->Release(appenders);
  }
  for (const Partition& partition : closing) {
    EndWaits(partition, /*removed=*/true);
    // Whoever changes its files has finished; whoever comes later is told that it was removed.
    FairLock upkeep(partition.log->upkeep());
  }
  return Ok();
}

Result<void> LocalLogStore::DeleteDirectories(const std::vector<PartitionId>& partitions) {
  std::set<TopicId> changed;
  for (const PartitionId partition : partitions) {
    STRATA_TRY_ASSIGN(const bool deleted, DeleteDirectory(partition));
    if (deleted) changed.insert(partition.topic);
  }
  if (changed.empty()) return Ok();
  for (const TopicId topic : changed) {
    const std::string directory = TopicDirectory(data_dir_, topic);
    STRATA_TRY_ASSIGN(const auto others, file_system_.List(directory));
    if (others.empty()) STRATA_TRY(file_system_.RemoveTree(directory));
  }
  return gate_.SyncAll();
}

Result<bool> LocalLogStore::DeleteDirectory(PartitionId partition) {
  const std::string directory = PartitionDirectory(data_dir_, partition);
  STRATA_TRY_ASSIGN(const bool exists, file_system_.Exists(directory));
  if (!exists) return false;
  STRATA_TRY_ASSIGN(const auto names, file_system_.List(directory));
  STRATA_TRY(file_system_.RemoveTree(directory));
  for (const std::string& name : names) {
    if (const auto base_offset = ParseSegmentFileName(name)) files_.Forget(partition, *base_offset);
  }
  return true;
}

void LocalLogStore::Append(PartitionId partition, const BatchHeader& header, Fragments batch,
                           Durability durability, AppendCallback done) {
  const auto found = Find(partition);
  if (!found) {
    return WriterOf(partition).Post(
        [done = std::move(done), error = found.error()] { done(Fail(error)); });
  }
  found->writer->Enqueue(found->appender, header, std::move(batch), durability, std::move(done));
}

void LocalLogStore::FenceProducers(std::span<const ProducerFence> fences) {
  fences_.Raise(fences);
  // A writer calls back when it is through with what it took in before.
  const std::vector<Awaited<void>> rounds(writers_.size());
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    writers_[i]->Post([passed = rounds[i].Callback()] { passed(Ok()); });
  }
  for (const Awaited<void>& round : rounds) (void)round.Wait();
}

Result<ReadResult> LocalLogStore::Read(PartitionId partition, Offset from,
                                       const ReadLimits& limits) {
  STRATA_TRY_ASSIGN(const auto log, FindLog(partition));
  return reader_.Read(*log, from, limits);
}

std::optional<Result<ReadResult>> LocalLogStore::ReadCached(PartitionId partition, Offset from,
                                                            const ReadLimits& limits) {
  const auto log = FindLog(partition);
  if (!log) return Fail(log.error());
  return reader_.ReadCached(**log, from, limits);
}

Result<Offset> LocalLogStore::OffsetForTime(PartitionId partition, TimestampMs time) {
  STRATA_TRY_ASSIGN(const auto log, FindLog(partition));
  return reader_.OffsetForTime(*log, time);
}

Result<Offset> LocalLogStore::Trim(PartitionId partition, Offset new_start) {
  STRATA_TRY_ASSIGN(const auto log, FindLog(partition));
  return TrimLog(environment_, *log, new_start);
}

Result<LogEnds> LocalLogStore::Ends(PartitionId partition) {
  STRATA_TRY_ASSIGN(const auto log, FindLog(partition));
  return log->ends();
}

Result<LogStatus> LocalLogStore::Status(PartitionId partition) {
  const auto log = FindLog(partition);
  if (log) return (*log)->status();
  if (log.error().code != ErrorCode::LOG_POISONED) return Fail(log.error());
  LogStatus status;
  status.health = Fail(log.error());
  return status;
}

Result<std::uint64_t> LocalLogStore::NotifyBeyond(PartitionId partition, Offset offset,
                                                  std::function<void()> ready) {
  STRATA_TRY_ASSIGN(const auto log, FindLog(partition));
  const std::uint64_t ticket = log->AddWaiter(offset, ready);
  if (ticket == 0) ready();
  return ticket;
}

void LocalLogStore::CancelNotify(PartitionId partition, std::uint64_t ticket) {
  if (const auto log = FindLog(partition)) (*log)->CancelWaiter(ticket);
}

Result<void> LocalLogStore::Close() {
  MutexLock change(change_mutex_);
  if (closed_) return close_result_;
  closed_ = true;
  cleaner_.Stop();
  for (const auto& writer : writers_) writer->Stop(LogWriter::StopMode::kFinish);
  close_result_ = NoteCleanStop();
  for (const Partition& partition : AllPartitions()) EndWaits(partition, /*removed=*/false);
  return close_result_;
}

void LocalLogStore::EndWaits(const Partition& partition, bool removed) {
  for (auto& callback : partition.log->Close(removed)) partition.writer->Post(std::move(callback));
}

std::vector<LogCleaner::Log> LocalLogStore::LogsToClean() const {
  std::vector<LogCleaner::Log> logs;
  for (Partition& partition : AllPartitions()) {
    auto seal_last = [writer = partition.writer, appender = std::move(partition.appender)] {
      writer->Roll(appender);
    };
    logs.push_back({std::move(partition.log), std::move(seal_last)});
  }
  return logs;
}

Result<void> LocalLogStore::NoteCleanStop() {
  IndexUpdate covered;
  std::vector<std::pair<PartitionId, CleanEnd>> ends;
  std::vector<std::pair<PartitionId, std::string>> producers;
  std::vector<std::pair<PartitionId, Offset>> stable;  // of those without an end that counts
  Result<void> health;
  for (const Partition& partition : AllPartitions()) {
    const PartitionId id = partition.log->id();
    if (const auto end = partition.appender->clean_end()) {
      ends.emplace_back(id, *end);
      if (auto note = partition.appender->producers().TakeNoteOfEnd(end->log_end)) {
        producers.emplace_back(id, *std::move(note));
      }
      if (partition.appender->IndexIsComplete()) {
        covered.coverage.push_back({id, end->segment_base, end->size_bytes});
      }
    } else {
      stable.emplace_back(id, partition.log->ends().stable);
    }
    if (const Result<void> log_health = partition.log->health(); !log_health && health) {
      if (log_health.error().code == ErrorCode::LOG_POISONED) health = log_health;
    }
  }
  {
    MutexLock lock(partitions_mutex_);
    for (const auto& [id, unopened] : unopened_) {
      if (unopened.ends) stable.emplace_back(id, unopened.ends->stable);
    }
  }
  // The index first: a clean stop says that it needs no look either.
  index_.Put(covered);
  STRATA_TRY(state_.NoteStable(stable));
  STRATA_TRY(state_.NoteProducers(producers));
  STRATA_TRY(state_.NoteCleanStop(ends));
  if (!health) return Fail(ErrorCode::IO_ERROR, health.error().message);
  return Ok();
}

void LocalLogStore::NoteIndexFailure(const Error& error) {
  spdlog::error(
      "{}; the offset index is not used any more until the next start, which builds it anew: reads "
      "of old records may be slow",
      error.message);
  const auto marker =
      file_system_.Open(data_dir_ + "/" + kIndexFailedFile, FileSystem::OpenMode::kCreate);
  Result<void> noted;
  if (marker) noted = file_system_.SyncDirectory(data_dir_);
  if (!marker) noted = Fail(marker.error());
  if (!noted)
    spdlog::error("delete '{}/index' before the next start: {}", data_dir_, noted.error().message);
}

LogWriter& LocalLogStore::WriterOf(PartitionId partition) const {
  return *writers_[PartitionHash()(partition) % writers_.size()];
}

Result<LocalLogStore::Partition> LocalLogStore::Find(PartitionId partition) const {
  MutexLock lock(partitions_mutex_);
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) {
    const auto failed = unopened_.find(partition);
    if (failed != unopened_.end()) return Fail(failed->second.why);
    return Fail(ErrorCode::UNKNOWN_PARTITION, Describe(partition) + " is not open");
  }
  return found->second;
}

std::optional<LogEnds> LocalLogStore::EndsOfUnopened(PartitionId partition) const {
  MutexLock lock(partitions_mutex_);
  const auto found = unopened_.find(partition);
  return found == unopened_.end() ? std::nullopt : found->second.ends;
}

Result<std::shared_ptr<PartitionLog>> LocalLogStore::FindLog(PartitionId partition) const {
  STRATA_TRY_ASSIGN(Partition found, Find(partition));
  return std::move(found.log);
}

std::vector<LocalLogStore::Partition> LocalLogStore::AllPartitions() const {
  MutexLock lock(partitions_mutex_);
  std::vector<Partition> all;
  all.reserve(partitions_.size());
  for (const auto& [id, partition] : partitions_) all.push_back(partition);
  return all;
}

Result<std::unique_ptr<LogStore>> OpenLocalLogStore(const LocalLogStoreOptions& options) {
  const std::string topics = TopicsDirectory(options.data_dir);
  STRATA_TRY(options.file_system->CreateDirectories(topics));
  // What a process that was killed has written is on disk from here on, so recovery may count what
  // it finds as stable. And the kernel reports failures of write-back only to those who were there
  // before: be there.
  STRATA_TRY(options.file_system->SyncAll(topics));
  STRATA_TRY_ASSIGN(LogState state, LogState::Open(*options.state));
  STRATA_TRY_ASSIGN(const TimestampMs latest_time, state.LatestTime());
  return std::unique_ptr<LogStore>(
      std::make_unique<LocalLogStore>(options, std::move(state), latest_time));
}

}  // namespace strata::storage
