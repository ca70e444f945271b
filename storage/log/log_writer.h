// A thread that owns some partitions and does all their writing, in rounds: take everything that is
// queued, write it partition by partition, flush them all together, acknowledge. The next round
// begins at once if anything has come meanwhile, so the flush itself is what gathers a group; there
// is no linger. README.md beside this file tells the whole way of an append.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_appender.h"
#include "storage/log/pending_append.h"
#include "storage/log/queue_budget.h"

namespace strata::storage {

class LogWriter {
 public:
  using Appenders = std::vector<PartitionAppender*>;

  struct Options {
    // Active segments whose files may be open at once.
    std::size_t max_open_files = 12'000;
    // How often it is noted how far the logs are stable.
    std::chrono::milliseconds note_interval{1000};
  };

  // `environment` and `budget` outlive this object.
  LogWriter(const LogEnvironment& environment, QueueBudget& budget, const Options& options);

  // Stop(kAbandon), and the end of the thread.
  ~LogWriter();

  // Takes in an append to one of this writer's partitions; `done` is told what became of it,
  // OVERLOADED and SHUTTING_DOWN included. Any thread; never waits for a disk.
  void Enqueue(std::shared_ptr<PartitionAppender> appender, const BatchHeader& header,
               Fragments batch, Durability durability, AppendCallback done) STRATA_EXCLUDES(mutex_);

  // Has the active segment of one of this writer's partitions sealed, soon, unless it is empty. Any
  // thread; never waits.
  void Roll(std::shared_ptr<PartitionAppender> appender) STRATA_EXCLUDES(mutex_);

  // Calls something on this writer's thread, soon, even after Stop. Any thread; never waits.
  void Post(std::function<void()> callback) STRATA_EXCLUDES(mutex_);

  // Refuses what is queued for these partitions, with UNKNOWN_PARTITION, and returns when this
  // thread will write no more to them. Not from a callback of this writer.
  void Release(const Appenders& appenders) STRATA_EXCLUDES(mutex_);

  enum class StopMode {
    kFinish,   // writes and flushes all that is queued first
    kAbandon,  // refuses what is queued; what was written stays written
  };
  // Refuses new appends, and returns when all others have been told what became of them. Only the
  // first call counts. Not from a callback.
  void Stop(StopMode mode) STRATA_EXCLUDES(mutex_);

 private:
  using Clock = PartitionAppender::Clock;

  struct Work {
    std::vector<PendingAppend> appends;
    std::vector<std::shared_ptr<PartitionAppender>> rolls;
    std::vector<std::function<void()>> posted;
    Appenders releases;
    std::uint64_t releases_asked = 0;
    std::optional<StopMode> stop;
    bool end = false;
  };

  void Run();
  // Waits until there is something to do, or it is time to flush or to note.
  Work Take() STRATA_EXCLUDES(mutex_);
  void RunRound(Work work);
  void Write(Work* work, Clock::time_point now);
  // Flushes what must be flushed by `now`.
  void Flush(Clock::time_point now);
  void FlushEach(const Appenders& due);
  void FlushTogether();
  void UpdateIndex();
  void NoteStable(Clock::time_point now);
  void CloseIdleFiles();
  void ForgetReleased(const Work& work) STRATA_EXCLUDES(mutex_);
  void Finish(Work work) STRATA_EXCLUDES(mutex_);
  std::optional<Clock::time_point> NextDeadline() const;

  const LogEnvironment& environment_;
  QueueBudget& budget_;
  const Options options_;

  // Owned by the thread.
  std::vector<std::shared_ptr<PartitionAppender>> touched_;  // in this round
  std::unordered_set<PartitionAppender*> dirty_;             // something is to be flushed
  std::unordered_set<PartitionAppender*> moved_;             // since their stable ends were noted
  std::unordered_set<PartitionAppender*> open_;              // their files may be open
  bool note_failed_ = false;                                 // the last one
  std::optional<Clock::time_point> note_due_;                // set while moved_ has somebody

  Mutex mutex_;
  CondVar work_came_;
  CondVar work_done_;
  std::vector<PendingAppend> queue_ STRATA_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<PartitionAppender>> rolls_ STRATA_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> posted_ STRATA_GUARDED_BY(mutex_);
  Appenders releases_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t releases_asked_ STRATA_GUARDED_BY(mutex_) = 0;
  std::uint64_t releases_done_ STRATA_GUARDED_BY(mutex_) = 0;
  std::optional<StopMode> stop_ STRATA_GUARDED_BY(mutex_);
  bool stopped_ STRATA_GUARDED_BY(mutex_) = false;  // all that was queued is done
  bool end_ STRATA_GUARDED_BY(mutex_) = false;      // the thread is to end

  std::thread thread_;  // last, so that it finds everything above
};

}  // namespace strata::storage
