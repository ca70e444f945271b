// Looks at the logs and manifests of a database before RocksDB does, and makes them whole: what was
// synced must be there, and what follows the last whole record is cut off and set aside. RocksDB
// may then refuse whatever it does not like, because a crash can no longer be the reason for it.
#pragma once

#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/rocks/synced_marks.h"

namespace strata::storage {

// `directory` must be there. Returns the marks, for SyncedMarks to go on with. CORRUPT_LOG: the
// message names a file that is damaged or missing; nothing was changed. IO_ERROR, DISK_FULL.
Result<SyncedMarks::Bytes> RepairRecordLogs(FileSystem& file_system, const std::string& directory);

// Takes what a failed write has left in the logs out of them again, so that it is not found when
// the database is opened: every write whose changes are numbered above `sequence`, the last one
// that succeeded. Nobody may have the database open. IO_ERROR, DISK_FULL.
Result<void> CutWritesAfter(FileSystem& file_system, const std::string& directory,
                            std::uint64_t sequence);

// The same as RepairRecordLogs, but cuts nothing off.
Result<void> CheckRecordLogs(FileSystem& file_system, const std::string& directory);

}  // namespace strata::storage
