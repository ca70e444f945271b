// Takes the oldest records of a log away, so that a crash at any point leaves either them or what
// was promised. Used by Trim and by retention.
#pragma once

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_log.h"

namespace strata::storage {

// As LogStore::Trim. Waits for log.upkeep(), and for the disk. Errors of PartitionLog::CheckUpkeep;
// IO_ERROR, DISK_FULL: the next start completes what was begun.
Result<Offset> TrimLog(const LogEnvironment& environment, PartitionLog& log, Offset new_start);

}  // namespace strata::storage
