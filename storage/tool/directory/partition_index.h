// What the offset index says of a log.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "proto/base/error.h"
#include "storage/index/index_key.h"
#include "storage/log_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage::tool {

// What the offset index says of one segment.
struct SegmentIndex {
  std::vector<IndexEntry> by_offset;
  std::vector<IndexEntry> by_time;  // `max_timestamp_ms` is the time of the key
  std::int64_t covered_bytes = 0;
  std::uint32_t covered_generation = 0;  // of which file
};

struct PartitionIndex {
  std::map<Offset, SegmentIndex> segments;  // by base offset
  std::int64_t entries = 0;
  std::int64_t undecodable = 0;
};

// `database` has the family of the offset index. CORRUPT_LOG, IO_ERROR.
Result<PartitionIndex> LoadPartitionIndex(const RocksDb& database, PartitionId partition);

// The partitions that the index speaks of, in order. The same errors.
Result<std::vector<PartitionId>> ListIndexedPartitions(const RocksDb& database);

}  // namespace strata::storage::tool
