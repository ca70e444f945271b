// Opens what is on disk of a log: finds its segments, its end and its health. README.md beside this
// file has the table of what is decided when.
//
// It destroys nothing: what it cuts it sets aside, and what is damaged below the recorded stable
// offset it does not touch. It deletes only segments that Trim had promised to delete.
#pragma once

#include <optional>

#include "proto/base/error.h"
#include "storage/log/active_segment.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_log.h"
#include "storage/log/producers/producer_recovery.h"
#include "storage/log_store.h"

namespace strata::storage {

struct RecoveredLog {
  PartitionLog::Contents contents;
  ActiveSegment active;
  RecoveredProducers producers;  // nothing if the log is not in good health
};

// What is found counts as stable: what is not known to have been flushed is written again and
// flushed. `known_stable`: the stable offset of a log that was open before in this run of the
// store, which may have been appended to since the last clean stop, and beyond what was noted.
// Directory entries must have been flushed since the last writer ended. The log may be appended to
// afterwards unless `contents.health` says otherwise. IO_ERROR, DISK_FULL, CORRUPT_LOG (the state
// is damaged): as far as it came, it was done; it may be tried again.
Result<RecoveredLog> RecoverLog(const LogEnvironment& environment, PartitionId partition,
                                std::optional<Offset> known_stable);

}  // namespace strata::storage
