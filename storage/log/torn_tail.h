// Cuts a torn tail off a segment. The bytes that go are set aside first: recovery destroys nothing.
#pragma once

#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// Copies what lies from `position` on into a file beside the segment, durably, and then cuts the
// segment there, durably. Returns the path of that file.
// IO_ERROR, DISK_FULL: the segment has not lost anything.
Result<std::string> CutTornTail(FileSystem& file_system, const std::string& directory,
                                Offset segment_base, std::int64_t position);

}  // namespace strata::storage
