#include "storage/tool/directory/partition_index.h"

#include <optional>
#include <string>
#include <string_view>

#include "storage/encoding/numbers.h"
#include "storage/index/offset_index.h"

namespace strata::storage::tool {
namespace {

// False: no entry that this build could have written.
bool AddEntry(PartitionId partition, std::string_view key, std::string_view value,
              PartitionIndex* index) {
  if (const auto entry = index_key::ParseByOffset(partition, key, value)) {
    index->segments[entry->segment_base].by_offset.push_back(*entry);
    return true;
  }
  if (const auto entry = index_key::ParseByTime(partition, key, value)) {
    index->segments[entry->segment_base].by_time.push_back(*entry);
    return true;
  }
  Offset segment_base = 0;
  const std::string prefix = index_key::CoveragePrefix(partition);
  const auto covered = index_key::ParseCoverage(value);
  if (!key.starts_with(prefix) || !UnpackNumbers(key.substr(prefix.size()), &segment_base) ||
      !covered) {
    return false;
  }
  SegmentIndex& segment = index->segments[segment_base];
  segment.covered_bytes = covered->bytes;
  segment.covered_generation = covered->generation;
  return true;
}

}  // namespace

Result<PartitionIndex> LoadPartitionIndex(const RocksDb& database, PartitionId partition) {
  PartitionIndex index;
  const RocksFamily family = database.Family(kOffsetIndexFamily);
  STRATA_TRY(database.ScanPrefix(family, PartitionPrefix(partition), [&](auto key, auto value) {
    ++index.entries;
    if (!AddEntry(partition, key, value, &index)) ++index.undecodable;
    return true;
  }));
  return index;
}

Result<std::vector<PartitionId>> ListIndexedPartitions(const RocksDb& database) {
  std::vector<PartitionId> partitions;
  const RocksFamily family = database.Family(kOffsetIndexFamily);
  std::string begin;
  while (true) {
    std::optional<std::string> found;
    STRATA_TRY(database.Scan(family, begin, "", [&](auto key, auto) {
      found = std::string(key);
      return false;
    }));
    if (!found) return partitions;
    PartitionId partition;
    const std::string prefix = found->substr(0, kPartitionPrefixBytes);
    if (UnpackNumbers(prefix, &partition.topic, &partition.partition)) {
      partitions.push_back(partition);
    }
    begin = PrefixEnd(prefix);
    if (begin.empty()) return partitions;
  }
}

}  // namespace strata::storage::tool
