// Copies what is intact of one log, and bridges what is not, so that no offset changes.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "proto/base/error.h"
#include "storage/log/log_state.h"
#include "storage/log_store.h"
#include "storage/tool/directory/file_tree.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

// What the copy of a log has become, as the broker is to know it.
struct CopiedLog {
  Offset log_start = 0;
  Offset log_end = 0;
  std::map<Offset, SealedSegment> sealed;  // all segments but the last
  std::int64_t producer_ids_end = 0;       // above the ids of all producers in it
};

// Copies from the data directory `from` into `to`, where nothing of the log is yet. `paths`: of its
// segments. `state`: what the broker knew; nullptr if that is lost. `report` counts what
// is copied and lists what is not. Nothing is durable on return. IO_ERROR and DISK_FULL when the
// copy cannot be written; what cannot be read is lost, and no error.
Result<CopiedLog> CopyLog(const std::string& from, const std::string& to, PartitionId partition,
                          const SegmentPaths& paths, const LoadedState* state, Report* report);

}  // namespace strata::storage::tool
