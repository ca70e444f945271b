// Writes what a repaired data directory knows: what was known, as far as it can be decoded and
// still holds for the logs as they were copied.
#pragma once

#include <map>

#include "proto/base/error.h"
#include "storage/rocks/rocks_db.h"
#include "storage/tool/directory/truth.h"
#include "storage/tool/repair/log_copier.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

// Moves cursors that are beyond the end of their log back to it, and gives each group an entry of
// its own. What was done is reported. Pure.
void FitCursors(const std::map<PartitionId, CopiedLog>& logs, Truth* truth, Report* report);

// Writes all of `truth` but its logs, and `logs`, into an empty database of truth, durably. The
// revision is not below the version of any entry. IO_ERROR, DISK_FULL.
Result<void> WriteTruth(const Truth& truth, const std::map<PartitionId, CopiedLog>& logs,
                        RocksDb& database);

}  // namespace strata::storage::tool
