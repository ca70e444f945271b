// Examines a segment file or a whole data directory, and reports what is wrong with it. Reads only.
//
// One thread; waits for the disk.
#pragma once

#include <string>

#include "proto/base/error.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

struct VerifyOptions {
  bool quick = false;  // leaves out what lies within the batches, whose CRC fits
};

// What is found in the file alone: without what the broker has noted, a torn end counts as damage.
// The offset of its first batch is taken from its name, or, if that is not the name of a segment,
// from the first batch. IO_ERROR.
Result<Report> VerifySegment(const std::string& path, const VerifyOptions& options);

// Logs against themselves, against what the broker has noted of them, and the index, the cursors
// and the metadata against all that. DATA_DIR_UNUSABLE, DATA_DIR_IN_USE, DATA_DIR_NEWER_FORMAT,
// IO_ERROR.
Result<Report> VerifyDirectory(const std::string& path, const VerifyOptions& options);

}  // namespace strata::storage::tool
