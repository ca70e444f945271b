// Flushes the whole file system, and makes sure that everyone learns of a failure.
//
// The kernel reports a failed write-back once, to whoever asks next. So with several writers one of
// them may be told "all is well" right after another has been told of the loss of what the first
// one wrote. Hence the count of failures: a writer remembers it before it writes, and what it has
// written is on disk only if a flush has succeeded and the count is still the same.
//
// Threads: any. Flushes take turns.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "storage/io/file_system.h"

namespace strata::storage {

class SyncGate {
 public:
  // Both outlive this object.
  SyncGate(FileSystem& file_system, const std::string& directory)
      : file_system_(file_system), directory_(directory) {}

  // How many flushes have failed so far.
  std::uint64_t failures() const { return failures_.load(); }

  // IO_ERROR, DISK_FULL: see above.
  Result<void> SyncAll() STRATA_EXCLUDES(turn_) {
    MutexLock lock(turn_);
    Result<void> synced = file_system_.SyncAll(directory_);
    if (!synced) failures_.fetch_add(1);
    return synced;
  }

 private:
  FileSystem& file_system_;
  const std::string& directory_;
  Mutex turn_;
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace strata::storage
