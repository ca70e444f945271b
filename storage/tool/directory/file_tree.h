// Which files of logs a data directory holds, and which files belong to nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/log_store.h"

namespace strata::storage::tool {

struct FileTree {
  std::map<PartitionId, std::vector<Offset>> segments;  // by base offset, in order
  std::vector<std::string> set_aside;                   // what recovery has cut off
  std::vector<std::string> unfinished;                  // what compaction was rewriting
  std::vector<std::string> strays;
  // Paths are relative to the data directory.
};

// Looks at names alone. IO_ERROR.
Result<FileTree> ListFileTree(FileSystem& file_system, const std::string& data_dir);

}  // namespace strata::storage::tool
