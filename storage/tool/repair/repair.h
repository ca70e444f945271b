// Makes a new data directory of what is intact in a damaged one, which stays as it is.
//
// One thread; waits for the disk.
#pragma once

#include <string>

#include "proto/base/error.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

// `to` must not exist or be empty; it is a data directory only from the moment when all is on disk,
// and no broker starts on it before. The report counts what was copied; its findings are what was
// lost, left out or changed on the way. A log keeps its offsets: what is lost within it is bridged
// by batches without records. The offset index is left for the broker to rebuild.
//
// DATA_DIR_UNUSABLE (either of them, or `to` lies within `from`), DATA_DIR_IN_USE,
// DATA_DIR_NEWER_FORMAT, IO_ERROR, DISK_FULL: `to` is of no use and may be deleted.
Result<Report> RepairDirectory(const std::string& from, const std::string& to);

}  // namespace strata::storage::tool
