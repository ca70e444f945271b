// The offset index of a data directory, opened to be held against the logs. What is wrong with it
// as a whole goes to the report. One thread.
#pragma once

#include <memory>
#include <set>

#include "storage/log_store.h"
#include "storage/rocks/rocks_db.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/partition_index.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

class IndexVerifier {
 public:
  // `report` outlives this object.
  IndexVerifier(const ExaminedDirectory& directory, Report* report);

  // What it says of a log; nothing if it cannot be read.
  PartitionIndex Take(PartitionId partition);

  // What it says of segments that are not there.
  void BlameOrphans(PartitionId partition, const PartitionIndex& orphans);

  // After all: what it says of logs that were not taken.
  void Finish();

 private:
  void Blame(std::string what);

  Report& report_;
  std::unique_ptr<RocksDb> database_;  // null: it is missing, or cannot be read
  std::set<PartitionId> taken_;
};

}  // namespace strata::storage::tool
