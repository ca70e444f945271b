// Finds out whether a database that has failed would open again, without closing it: as long as it
// is open it can be read.
#pragma once

#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// In the directory of a database, for a moment.
inline constexpr char kProbeFile[] = "PROBE";

// Whether there is room for what opening the database in `directory` writes, which is all that its
// logs hold once more, and whether the disk takes a write at all. DISK_FULL, IO_ERROR.
Result<void> CheckCanReopen(FileSystem& file_system, const std::string& directory);

}  // namespace strata::storage
