// Walks one segment, counts what is in it, and checks its batches from within.
#pragma once

#include <optional>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/tool/report/offset_range.h"
#include "storage/tool/verify/index_check.h"
#include "storage/tool/verify/log_check.h"
#include "storage/tool/verify/verify.h"

namespace strata::storage::tool {

// Which segment it is.
struct SegmentPlace {
  std::string where;                     // its name in what is found
  std::optional<PartitionId> partition;  // if it is known
  OffsetRange offsets;                   // that it may hold
};

// What is wrong within batches goes to the report; how
// the batches lie is left to CheckLog. `index` gets to see every batch. IO_ERROR.
Result<SegmentFacts> VerifyBatches(const File& file, const SegmentPlace& place,
                                   const VerifyOptions& options, IndexCheck* index, Report* report);

}  // namespace strata::storage::tool
