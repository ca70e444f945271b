// Makes the metadata fit the logs, where a part of it is lost: otherwise a broker would not show
// logs that are there, or give their ids out again. The formats are the broker's
// (broker/topics/README.md, broker/producers/README.md). Pure.
#pragma once

#include <map>

#include "storage/tool/directory/truth.h"
#include "storage/tool/repair/log_copier.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

// Leaves out records of topics that no broker could read; names each topic that has logs but no
// record "recovered-<its id>"; and raises the next ids of topics and of producers beyond all that
// are in use. What was done is reported.
void FitMetadata(const std::map<PartitionId, CopiedLog>& logs, Truth* truth, Report* report);

}  // namespace strata::storage::tool
