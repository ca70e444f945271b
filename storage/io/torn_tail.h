// Sets aside what is of no use to the store any more: recovery destroys nothing.
#pragma once

#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// Copies what lies from `position` on into a file beside this one, durably, and then cuts this one
// there, durably. Returns the path of the copy: "<path>.cut-at-<position>", and "...-2", "...-3"
// for later cuts at that very place. IO_ERROR, DISK_FULL: the file has not lost anything.
Result<std::string> CutTornTail(FileSystem& file_system, const std::string& path,
                                std::int64_t position);

// Renames a whole file, in the same directory, to what CutTornTail would call it if all bytes of
// `original` had been cut. Durable after a SyncDirectory. IO_ERROR.
Result<void> SetAside(FileSystem& file_system, const std::string& path,
                      const std::string& original);

}  // namespace strata::storage
