// Judges a log by what was found in its segments and by what the broker has noted of it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/log/log_state.h"
#include "storage/log_store.h"
#include "storage/tool/directory/truth.h"
#include "storage/tool/report/finding.h"
#include "storage/tool/walk/segment_walk.h"

namespace strata::storage::tool {

// What a walk over a segment has found.
struct SegmentFacts {
  std::string where;  // its name in what is found
  Offset base_offset = 0;
  std::int64_t file_bytes = 0;
  std::vector<Gap> gaps;
  ScanEnd end = ScanEnd::kEndOfData;
  std::int64_t end_position = 0;  // behind the last good batch
  Offset next_offset = 0;
  TimestampMs max_timestamp_ms = kNoTimestamp;

  bool whole() const { return gaps.empty() && IsCleanEnd(end); }
};

// `state`: what the broker has noted; nullptr if that is not known. `segments`: those that are not
// wholly below the log start, in order.
std::vector<Finding> CheckLog(PartitionId partition, const LoadedState* state,
                              const std::vector<SegmentFacts>& segments);

// Cursors beyond the end of their log, or of what is not there. `log_ends`: of each partition.
std::vector<Finding> CheckCursors(const Truth& truth,
                                  const std::map<PartitionId, Offset>& log_ends);

// Relative to the data directory.
std::string RelativePartitionPath(PartitionId partition);

}  // namespace strata::storage::tool
