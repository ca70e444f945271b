// A segment file, opened to be walked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/tool/report/offset_range.h"

namespace strata::storage::tool {

struct OpenedSegment {
  std::unique_ptr<File> file;
  std::int64_t size_bytes = 0;
  OffsetRange offsets;  // that it may hold
};

// The first offset is taken from the name of the file, or, if that is not the name of a segment,
// from the first good batch in it. IO_ERROR.
Result<OpenedSegment> OpenSegment(const std::string& path);

}  // namespace strata::storage::tool
