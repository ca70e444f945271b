// A data directory: opens it, checks and locks it, and hands out the three stores that live in it.
//
//     <data>/LOCK          held while a broker runs
//     <data>/FORMAT        the version of the layout, "strata 1\n"
//     <data>/meta/         RocksDB: the truth (metadata, cursors, state of the logs); synced log
//     <data>/index/        RocksDB: the offset index; may be deleted, it is rebuilt
//     <data>/topics/<topic id, 16 hex digits>/<partition>/<base offset, 20 digits>.log
//
// See storage/FORMAT.md. The broker asks this factory and knows no backend.
//
// Threads: Open and Close wait for the disk. The stores may be used from any thread; Close only
// when nobody uses them any more.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "proto/base/error.h"
#include "storage/cursor_store.h"
#include "storage/io/file_system.h"
#include "storage/log/producers/producer_table.h"
#include "storage/log_store.h"
#include "storage/metadata_store.h"

namespace strata::storage {

struct LocalStoreOptions {
  std::string data_dir;
  // Threads that write and flush the logs; each owns the partitions that hash to it.
  int log_writers = 1;
  // Recent batches kept in memory for readers at the tail, over all partitions.
  std::size_t tail_cache_bytes = 64 << 20;
  // Bytes of appends that may wait for the disk before more are refused with OVERLOADED.
  std::size_t max_queued_bytes = 256 << 20;
  // Appends are refused with DISK_FULL, and nothing else is, when their disk would have less than
  // this left. 0: never.
  std::int64_t disk_reserve_bytes = 0;
  // How often it is noted how far the logs are on disk; see LocalLogStoreOptions.
  std::chrono::milliseconds stable_note_interval{1000};
  // What each partition remembers of idempotent producers.
  ProducerLimits producer_limits;
  // How often retention and compaction look for what the logs do not want to keep; zero: never.
  std::chrono::milliseconds cleanup_interval{30'000};
  // Memory for the keys of a log while it is compacted.
  std::size_t compaction_map_bytes = 64 << 20;
  FileSystem* file_system = &FileSystem::Real();  // not owned
};

class LocalStore {
 public:
  // DATA_DIR_UNUSABLE (cannot be made, read or written, or holds something that is not Strata's),
  // DATA_DIR_IN_USE, DATA_DIR_NEWER_FORMAT, CORRUPT_LOG (the truth is damaged or missing; it was
  // left as it is), DISK_FULL, IO_ERROR. A damaged index is no error: it is built anew.
  static Result<std::unique_ptr<LocalStore>> Open(const LocalStoreOptions& options);

  virtual ~LocalStore() = default;

  // Owned by this object; valid until Close.
  virtual MetadataStore& metadata() = 0;
  virtual CursorStore& cursors() = 0;
  virtual LogStore& logs() = 0;

  // Whether the truth can be written: metadata, cursors, and what is noted of the logs. After the
  // first failure it is only read, until MendTruth. The code and words of that failure. Never
  // waits for the disk. From any thread.
  virtual Result<void> truth_health() const = 0;

  // Opens the truth anew if it has failed, and the disk has healed: what was acknowledged is there,
  // and nothing that was refused. Does nothing if all is well. Waits for the disk, and lets all
  // others wait meanwhile. From any thread, but not beside Close. DISK_FULL, IO_ERROR, CORRUPT_LOG:
  // it is as it was, or cannot be read either until a later call succeeds.
  virtual Result<void> MendTruth() = 0;

  // Closes the stores in the right order, marks the stop clean and lets go of the lock; without
  // it the destructor does. Idempotent. IO_ERROR: something is not on disk, or the stop is not
  // marked clean; the lock is gone all the same.
  virtual Result<void> Close() = 0;
};

}  // namespace strata::storage
