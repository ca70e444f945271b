// For local_log_store.cc: the class behind OpenLocalLogStore.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/log/cleaning/log_cleaner.h"
#include "storage/log/local_log_store.h"
#include "storage/log/log_environment.h"
#include "storage/log/log_reader.h"
#include "storage/log/log_writer.h"
#include "storage/log/partition_appender.h"
#include "storage/log/partition_hash.h"
#include "storage/log/partition_log.h"

namespace strata::storage {

class LocalLogStore final : public LogStore {
 public:
  // `latest_time`: as LogState knows it.
  LocalLogStore(const LocalLogStoreOptions& options, LogState state, TimestampMs latest_time);
  ~LocalLogStore() override;

  Result<void> Open(PartitionId partition, const LogOptions& options) override;
  Result<void> Configure(PartitionId partition, const LogOptions& options) override;
  Result<void> Remove(const std::vector<PartitionId>& partitions) override;
  void Append(PartitionId partition, const BatchHeader& header, Fragments batch,
              Durability durability, AppendCallback done) override;
  void FenceProducers(std::span<const ProducerFence> fences) override;
  Result<ReadResult> Read(PartitionId partition, Offset from, const ReadLimits& limits) override;
  std::optional<Result<ReadResult>> ReadCached(PartitionId partition, Offset from,
                                               const ReadLimits& limits) override;
  Result<Offset> OffsetForTime(PartitionId partition, TimestampMs time) override;
  Result<Offset> Trim(PartitionId partition, Offset new_start) override;
  Result<LogEnds> Ends(PartitionId partition) override;
  Result<LogStatus> Status(PartitionId partition) override;
  Result<std::uint64_t> NotifyBeyond(PartitionId partition, Offset offset,
                                     std::function<void()> ready) override;
  void CancelNotify(PartitionId partition, std::uint64_t ticket) override;
  Result<void> Close() override;

  // Looks once, on the caller's thread, for what the logs do not want to keep, and deletes it.
  void CleanAll() { cleaner_.CleanAll(); }

 private:
  struct Partition {
    std::shared_ptr<PartitionLog> log;
    std::shared_ptr<PartitionAppender> appender;
    LogWriter* writer = nullptr;
  };

  struct Unopened {
    Error why;
    std::optional<LogEnds> ends;  // that it had when it was open
  };

  Result<Partition> Find(PartitionId partition) const STRATA_EXCLUDES(partitions_mutex_);
  std::optional<LogEnds> EndsOfUnopened(PartitionId partition) const
      STRATA_EXCLUDES(partitions_mutex_);
  Result<std::shared_ptr<PartitionLog>> FindLog(PartitionId partition) const
      STRATA_EXCLUDES(partitions_mutex_);
  std::vector<Partition> AllPartitions() const STRATA_EXCLUDES(partitions_mutex_);
  // `known`: the ends of a log that was open before in this run.
  Result<Partition> Recover(PartitionId partition, const LogOptions& options,
                            const std::optional<LogEnds>& known);
  // Readers and cursors have come as far as `end`: no offset below it is given again to a log that
  // has come back without its end.
  Result<void> PassOver(const Partition& opened, Offset end);
  // Applies the options to an open log; one that the disk has failed is verified, and replaced by
  // what is found.
  Result<void> Reopen(const Partition& found, const LogOptions& options)
      STRATA_REQUIRES(change_mutex_);
  // Nobody reads or writes the log any more until it is opened anew; it has been released.
  void Shut(const Partition& found, const Error& why) STRATA_EXCLUDES(partitions_mutex_);
  // What the disk may have failed to sync of the directories that lead to a log.
  Result<void> SyncEntries(PartitionId partition);
  LogWriter& WriterOf(PartitionId partition) const;
  // Calls whoever waits for the log to grow, on the writer's thread.
  static void EndWaits(const Partition& partition, bool removed);
  std::vector<LogCleaner::Log> LogsToClean() const STRATA_EXCLUDES(partitions_mutex_);
  // From then on nobody finds, writes or cleans them.
  Result<void> CloseLogs(const std::vector<PartitionId>& partitions);
  // The partitions' directories, and those of topics that have no others.
  Result<void> DeleteDirectories(const std::vector<PartitionId>& partitions);
  // Returns whether there was one. Not durable.
  Result<bool> DeleteDirectory(PartitionId partition);
  Result<void> NoteCleanStop();
  // Makes sure that the next start does not use the index either.
  void NoteIndexFailure(const Error& error);

  // Constant after construction; each guards itself.
  const std::string data_dir_;
  const std::string topics_dir_;
  FileSystem& file_system_;
  LogState state_;
  OffsetIndex index_;
  TailCache cache_;
  SegmentFiles files_;
  SyncGate gate_;
  const DiskReserve reserve_;
  QueueBudget budget_;
  RetentionClock clock_;
  ProducerFences fences_;
  const LogEnvironment environment_;
  const LogReader reader_;

  // Opening, removing and closing take turns. Held while waiting for the disk; taken before the
  // upkeep of a log and partitions_mutex_.
  Mutex change_mutex_;
  bool closed_ STRATA_GUARDED_BY(change_mutex_) = false;
  Result<void> close_result_ STRATA_GUARDED_BY(change_mutex_);

  mutable Mutex partitions_mutex_;
  std::unordered_map<PartitionId, Partition, PartitionHash> partitions_
      STRATA_GUARDED_BY(partitions_mutex_);
  // Until another attempt succeeds.
  std::unordered_map<PartitionId, Unopened, PartitionHash> unopened_
      STRATA_GUARDED_BY(partitions_mutex_);

  // Last, so that their threads end before anything else goes.
  std::vector<std::unique_ptr<LogWriter>> writers_;
  LogCleaner cleaner_;
};

}  // namespace strata::storage
