// Puts a rewritten segment in the place of those that it was made from, so that a crash at any
// point leaves either them or it. README.md beside this file has the steps.
#pragma once

#include "proto/base/error.h"
#include "storage/log/log_environment.h"
#include "storage/log/log_state.h"
#include "storage/log/partition_log.h"

namespace strata::storage {

// `segment` stands, complete and synced, in the file that SegmentRewriter makes; `index` are its
// entries. Called with log.upkeep() held. DISK_FULL, IO_ERROR: if log.unfinished_swap() is set
// then, the next pass or the next opening of the log completes the swap; otherwise nothing has
// happened.
Result<void> SwapSegments(const LogEnvironment& environment, PartitionLog& log,
                          const SealedSegment& segment, const IndexUpdate& index);

// Does again what the disk has failed of a swap, if there is one; takes log.upkeep(). Errors as
// above, and those of log.CheckUpkeep().
Result<void> FinishOnRunningLog(const LogEnvironment& environment, PartitionLog& log);

// For recovery, before anything else is looked at: completes a swap that a crash has interrupted,
// and sets `state` right; removes what was not yet to be swapped in. IO_ERROR, DISK_FULL: it may be
// tried again.
Result<void> FinishSwap(const LogEnvironment& environment, PartitionId partition,
                        LoadedState* state);

}  // namespace strata::storage
