// The LogStore over local segment files and a RocksDB offset index.
//
// See storage/log/README.md for how an append travels and what recovery decides, and FORMAT.md
// there for what is on disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "proto/base/error.h"
#include "storage/index/offset_index.h"
#include "storage/io/file_system.h"
#include "storage/io/time_source.h"
#include "storage/log/log_state.h"
#include "storage/log/producers/producer_table.h"
#include "storage/log_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

// A file that is made in the data directory when the offset index has failed: it must be deleted,
// and this file then, before it is used again.
inline constexpr char kIndexFailedFile[] = "index.failed";

struct LocalLogStoreOptions {
  std::string data_dir;  // must exist; segments go to its subdirectory "topics"

  // Not owned; both must outlive the store.
  RocksDb* state = nullptr;  // of kind kTruth, with family kLogStateFamily
  RocksDb* index = nullptr;  // of kind kIndex, with family kOffsetIndexFamily
  FileSystem* file_system = &FileSystem::Real();

  // Threads that write and flush; each owns the partitions that hash to it. At least 1.
  int writers = 1;
  std::size_t tail_cache_bytes = 64 << 20;
  std::size_t max_queued_bytes = 256 << 20;
  // Appends are refused with DISK_FULL when their disk would have less than this left. 0: never.
  std::int64_t disk_reserve_bytes = 0;

  // Files that may be open at once: active segments (those with unflushed appends may exceed it),
  // and segments that are being read.
  std::size_t max_open_active_files = 12'000;
  std::size_t max_open_read_files = 2'000;

  // What each partition remembers of idempotent producers.
  ProducerLimits producer_limits;

  // How often it is noted, without a sync, how far the logs are stable. What lies beyond the note
  // is what recovery has to scan after a crash.
  std::chrono::milliseconds note_interval{1000};

  // How often it is looked for what the logs' CleanupOptions do not want to keep; zero: never.
  std::chrono::milliseconds cleanup_interval{30'000};
  // Memory for the keys of a log while it is compacted.
  std::size_t compaction_map_bytes = 64 << 20;
  const TimeSource* time_source = &TimeSource::Real();
};

// No partition is open yet. From now on the last clean stop counts only for what Open finds
// unchanged. IO_ERROR, DISK_FULL, CORRUPT_LOG (the state is damaged).
//
// Destroying the store without Close is like a crash in which nothing that was written is lost:
// appends that wait fail with SHUTTING_DOWN, and the next start recovers.
Result<std::unique_ptr<LogStore>> OpenLocalLogStore(const LocalLogStoreOptions& options);

}  // namespace strata::storage
