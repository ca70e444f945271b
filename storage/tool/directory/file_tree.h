// Which files of logs a data directory holds, and which files belong to nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/log_store.h"

namespace strata::storage::tool {

// The path of the file that holds each segment of a log, by base offset.
using SegmentPaths = std::map<Offset, std::string>;

// Paths are relative to the data directory.
struct FileTree {
  std::map<PartitionId, SegmentPaths> segments;
  std::vector<std::string> set_aside;   // what recovery has cut off, or has not taken
  std::vector<std::string> unfinished;  // what compaction was rewriting, or replacing
  std::vector<std::string> strays;
};

// Looks at names alone. IO_ERROR.
Result<FileTree> ListFileTree(FileSystem& file_system, const std::string& data_dir);

}  // namespace strata::storage::tool
