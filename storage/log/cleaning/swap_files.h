// Looks at the files of a swap that was promised, for swap_decision.h.
#pragma once

#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/log/cleaning/swap_decision.h"
#include "storage/log_store.h"

namespace strata::storage {

// Reads the rewritten file from end to end if it waits, and if it is damaged, those that it was to
// replace, from the log start on. What cannot be read counts as damaged. Changes nothing. IO_ERROR:
// not even names and lengths can be read.
Result<SwapFiles> InspectSwap(FileSystem& file_system, const std::string& data_dir,
                              PartitionId partition, const SealedSegment& promised,
                              Offset log_start);

}  // namespace strata::storage
