// Takes away, in the background, what the topics' configuration does not want to keep: see
// README.md beside this file. One thread deletes, and another one compacts, which may take long;
// each goes through all logs, one after the other, and rests.
//
// They never stall appends: the disk work happens on these threads, and a log's writer is asked for
// no more than sealing a segment.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/log/cleaning/log_compactor.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_log.h"

namespace strata::storage {

class LogCleaner {
 public:
  struct Log {
    std::shared_ptr<PartitionLog> log;
    // Has the last segment sealed, soon, unless it is empty; never waits.
    std::function<void()> seal_last;
  };
  // All logs that are open.
  using Logs = std::function<std::vector<Log>()>;

  // Cleans every `interval`, for the first time after one; never by itself if it is zero. All that
  // is given must stay valid until Stop has returned.
  // `map_bytes`: see LogCompactor.
  LogCleaner(const LogEnvironment& environment, Logs logs, std::chrono::milliseconds interval,
             std::size_t map_bytes);

  // Stop.
  ~LogCleaner();

  // Nothing is cleaned any more when this returns; what is under way is given up soon.
  void Stop() STRATA_EXCLUDES(mutex_);

  // Goes through all logs once, on the caller's thread, beside the cleaner's own.
  void CleanAll();

 private:
  using Pass = void (LogCleaner::*)();

  void Run(Pass pass) STRATA_EXCLUDES(mutex_);
  // False if it is time to stop.
  bool Rest() STRATA_EXCLUDES(mutex_);
  void RetainAll();
  void CompactAll();
  void NoteTime();
  void Retain(const Log& each, const CleanupOptions& options);
  void Compact(const Log& each, const LogOptions& options);

  const LogEnvironment& environment_;
  const Logs logs_;
  const std::chrono::milliseconds interval_;

  const LogCompactor compactor_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> warned_of_jump_{false};
  Mutex mutex_;
  CondVar stop_asked_;

  std::vector<std::thread> threads_;  // last, so that they find everything above
};

}  // namespace strata::storage
