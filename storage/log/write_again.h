// Brings to the disk what only seems to be there.
#pragma once

#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// Writes what the file holds from `begin` to `end` once more, in place, and flushes it. IO_ERROR,
// DISK_FULL: nothing is known of what is on disk.
Result<void> WriteAgain(FileSystem& file_system, const std::string& path, std::int64_t begin,
                        std::int64_t end);

}  // namespace strata::storage
