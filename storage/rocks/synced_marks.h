// Remembers how far the logs and manifests of a database have been synced, so that a torn end can
// be told from damage when it is opened again: RocksDB alone takes damage near the end of a log for
// the trace of a crash, and drops acknowledged writes without a word.
//
// The marks are kept in one small file, which is written after each sync and not synced itself: it
// survives the process. After a power cut an older one may be found, which is a lower bound still;
// only before a log is deleted must it be synced, so that it never asks for one that is gone.
//
//     <database>/SYNCED := crc (u32) count (u16) (number (u64) bytes (i64)){count} anything
//
// All numbers are big-endian; `number` is the one in the name of the log or manifest; the CRC-32C
// covers the count and what it counts. A damaged file, as a power cut may leave it, holds no marks;
// one that is missing beside a database is damage.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// In the directory of a database.
inline constexpr char kSyncedMarksFile[] = "SYNCED";

class SyncedMarks {
 public:
  using Bytes = std::map<std::uint64_t, std::int64_t>;  // by file number

  // The number of a log ("000012.log") or manifest ("MANIFEST-000011"), which alone are marked.
  static std::optional<std::uint64_t> NumberOf(const std::string& path);

  // Reads what was noted for the database in `directory`, which must be there. CORRUPT_LOG: there
  // is a database, and no file. IO_ERROR.
  static Result<Bytes> Load(FileSystem& file_system, const std::string& directory);

  // Begins with `marks`, durably. `file_system` outlives this object. IO_ERROR, DISK_FULL.
  static Result<std::unique_ptr<SyncedMarks>> Open(FileSystem& file_system,
                                                   const std::string& directory, Bytes marks);

  SyncedMarks(std::unique_ptr<File> file, Bytes marks);

  // So much of a file is on disk; that counts once its name is on disk too.
  Result<void> Synced(std::uint64_t number, std::int64_t bytes) STRATA_EXCLUDES(mutex_);
  // The files whose names may not be on disk; to be handed to Named once their directory has been
  // synced.
  std::vector<std::uint64_t> unnamed() const STRATA_EXCLUDES(mutex_);
  Result<void> Named(const std::vector<std::uint64_t>& numbers) STRATA_EXCLUDES(mutex_);
  // The file is about to be deleted. On disk on return.
  Result<void> Forget(std::uint64_t number) STRATA_EXCLUDES(mutex_);

 private:
  Result<void> Write() STRATA_REQUIRES(mutex_);

  mutable Mutex mutex_;
  const std::unique_ptr<File> file_ STRATA_PT_GUARDED_BY(mutex_);
  Bytes marks_ STRATA_GUARDED_BY(mutex_);
  Bytes unnamed_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::storage
