// The topics: their records in the metadata store, and their logs, kept in step.
//
// The record is the truth and is always written first; logs and cursors follow it. So after a crash
// at any point the next Open finds either no record, or a record whose missing logs it makes, or
// the tombstone of a deletion, which it finishes. README.md beside this file has the keys and the
// record.
//
// Threads: Find, FindById, List and counts never wait for a disk and may be called from any thread,
// gRPC's included. Create, Alter and Delete wait for the disk, and are carried out one at a time;
// the data of deleted topics go behind them, as long as that may take.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/topics/topic.h"
#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "storage/cursor_store.h"
#include "storage/log_store.h"
#include "storage/metadata_store.h"

namespace strata::broker {

struct TopicLimits {
  std::int32_t default_partitions = 1;
  std::int32_t max_partitions_per_topic = 10'000;
  std::int32_t max_partitions_total = 16'000;
  // What max.batch.bytes of a topic may be at most, so that its batches fit into a request.
  std::int64_t max_batch_bytes = 31 << 20;
};

// Is told of changes after they are on disk and visible to Find, in order, one at a time, on the
// thread that makes the change. May call what never waits for a disk; must not Create, Alter or
// Delete, or add and remove listeners.
class TopicListener {
 public:
  virtual ~TopicListener() = default;

  // All its partitions are new, empty, and ready for use.
  virtual void OnTopicCreated(const TopicPtr& topic) = 0;

  // The partitions from `previous_count` on are new, empty, and ready for use.
  virtual void OnPartitionsAdded(const TopicPtr& topic, std::int32_t previous_count) = 0;

  // The topic's logs and cursors go after this has returned: write no cursor of it any more.
  virtual void OnTopicDeleted(const TopicPtr& topic) = 0;
};

class TopicRegistry {
 public:
  // Carries out the deletion of data, now or later, on any thread but while the registry lives; or
  // never: then the next Open finds it still to be done.
  using RunBehind = std::function<void(std::function<void()> deletion)>;
  static void RunAtOnce(const std::function<void()>& deletion) { deletion(); }

  // Reads the topics, opens all their logs, and goes on with deletions that were interrupted. A log
  // that the disk keeps from being opened is left to Mend; the others are served. The stores
  // must outlive the registry. CORRUPT_LOG: a topic's record, or what is known of a log, is
  // damaged. DATA_DIR_NEWER_FORMAT: it was written by a newer stratad. IO_ERROR, DISK_FULL.
  static Result<std::unique_ptr<TopicRegistry>> Open(storage::MetadataStore& metadata,
                                                     storage::LogStore& logs,
                                                     storage::CursorStore& cursors,
                                                     const TopicLimits& limits,
                                                     RunBehind run_behind = RunAtOnce);

  TopicRegistry(const TopicRegistry&) = delete;
  TopicRegistry& operator=(const TopicRegistry&) = delete;

  // UNKNOWN_TOPIC; INVALID_TOPIC_NAME if there cannot be such a topic.
  Result<TopicPtr> Find(std::string_view name) const;
  // Null if there is none.
  TopicPtr FindById(storage::TopicId id) const;
  // By name.
  std::vector<TopicPtr> List() const;
  std::int32_t topic_count() const;
  std::int32_t partition_count() const;

  // `partition_count` 0: the default of the limits. On return the topic is durable and ready.
  // INVALID_TOPIC_NAME, INVALID_PARTITION_COUNT, INVALID_CONFIG, TOPIC_EXISTS, DISK_FULL, IO_ERROR.
  Result<TopicPtr> Create(const std::string& name, std::int32_t partition_count,
                          const TopicConfigText& config);

  // Sets keys (an empty value sets one back to its default) and raises the number of partitions to
  // `partition_count` (0, or as many as there are: unchanged).
  // INVALID_TOPIC_NAME, UNKNOWN_TOPIC, INVALID_PARTITION_COUNT, INVALID_CONFIG, CONFLICT,
  // DISK_FULL, IO_ERROR.
  Result<TopicPtr> Alter(const std::string& name, const TopicConfigText& config,
                         std::int32_t partition_count);

  // Opens again every log that is LOG_POISONED, and goes on with what was begun and could not be
  // finished or undone. Returns how many of those are left. May wait for the disk.
  std::int32_t Mend();

  // On return the topic is gone for good, and its name is free; its files and cursors go behind. If
  // those cannot be deleted, the broker's log says so and Mend, or the next start, tries again.
  // INVALID_TOPIC_NAME, UNKNOWN_TOPIC, CONFLICT, IO_ERROR.
  Result<void> Delete(const std::string& name);

  // Deletions of data end soon, where they are; the next Open goes on with them.
  void StopDeletions() { stopping_ = true; }

  // Not owned; must be removed before it is destroyed.
  void AddListener(TopicListener* listener);
  // When this returns, the listener is not called any more.
  void RemoveListener(TopicListener* listener);

 private:
  struct Stores {
    storage::MetadataStore& metadata;
    storage::LogStore& logs;
    storage::CursorStore& cursors;
  };
  TopicRegistry(const Stores& stores, const TopicLimits& limits, RunBehind run_behind);

  Result<void> Load() STRATA_REQUIRES(change_mutex_);
  Result<void> FinishDeletions();

  Result<TopicConfig> CheckConfig(const TopicConfigText& config) const;
  Result<void> CheckPartitionCount(const std::string& name, std::int32_t count,
                                   std::int32_t current) const;

  Result<TopicPtr> WriteNewRecord(Topic topic) STRATA_REQUIRES(change_mutex_);
  Result<void> ReplaceRecord(const Topic& topic) STRATA_REQUIRES(change_mutex_);
  Result<void> WriteTombstone(const Topic& topic) STRATA_REQUIRES(change_mutex_);

  Result<void> OpenLogs(const Topic& topic, std::int32_t first);
  Result<void> OpenLogsAtStart(const Topic& topic);
  Result<void> OpenLog(const Topic& topic, std::int32_t partition);
  Result<void> ApplyChange(const Topic& before, const Topic& after);
  std::int32_t MendLogs() STRATA_EXCLUDES(change_mutex_);
  std::int32_t UndoHalfMade() STRATA_EXCLUDES(change_mutex_);
  std::int32_t UndoHalfAltered() STRATA_EXCLUDES(change_mutex_);
  // Returns how many there are.
  std::int32_t GoOnWithDeletions() STRATA_EXCLUDES(mutex_);
  Result<void> TryUndoCreate(const Topic& topic) STRATA_REQUIRES(change_mutex_);
  Result<void> TryUndoAlter(const Topic& before, const Topic& after) STRATA_REQUIRES(change_mutex_);
  void UndoCreate(const Topic& topic) STRATA_REQUIRES(change_mutex_);
  void UndoAlter(const Topic& before, const Topic& after) STRATA_REQUIRES(change_mutex_);
  // Has RemoveData done behind, and its failure logged.
  void RemoveDataBehind(TopicPtr topic);
  // Deletes what a tombstone stands for, and then the tombstone.
  Result<void> RemoveData(const Topic& topic);

  void Publish(TopicPtr topic);
  void Withdraw(const Topic& topic);

  // Constant after construction.
  storage::MetadataStore& metadata_;
  storage::LogStore& logs_;
  storage::CursorStore& cursors_;
  const TopicLimits limits_;
  const RunBehind run_behind_;

  std::atomic<bool> stopping_ = false;

  // Held by whoever changes topics, across the disk; taken before mutex_.
  Mutex change_mutex_;
  std::unordered_map<storage::TopicId, std::int64_t> versions_ STRATA_GUARDED_BY(change_mutex_);
  std::vector<TopicListener*> listeners_ STRATA_GUARDED_BY(change_mutex_);
  // What records may say that was refused.
  std::map<storage::TopicId, Topic> half_made_ STRATA_GUARDED_BY(change_mutex_);
  std::map<storage::TopicId, Topic> half_altered_ STRATA_GUARDED_BY(change_mutex_);

  // Held for a look-up only.
  mutable Mutex mutex_;
  std::map<std::string, TopicPtr, std::less<>> by_name_ STRATA_GUARDED_BY(mutex_);
  std::unordered_map<storage::TopicId, TopicPtr> by_id_ STRATA_GUARDED_BY(mutex_);
  std::int32_t partition_count_ STRATA_GUARDED_BY(mutex_) = 0;
  std::vector<TopicPtr> half_deleted_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::broker
