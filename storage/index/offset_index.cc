#include "storage/index/offset_index.h"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "storage/index/partition_runs.h"
#include "storage/rocks/rocks_batch.h"

namespace strata::storage {

OffsetIndex::OffsetIndex(RocksDb& database, std::function<void(const Error&)> on_failure)
    : database_(database),
      family_(database.Family(kOffsetIndexFamily)),
      on_failure_(std::move(on_failure)) {}

void OffsetIndex::Check(const Result<void>& result) const {
  if (result || failed_.exchange(true)) return;
  if (on_failure_) on_failure_(result.error());
}

template <typename T>
std::optional<T> OffsetIndex::Found(Result<std::optional<T>> found) const {
  if (found) return *std::move(found);
  Check(Fail(std::move(found).error()));
  return std::nullopt;
}

void OffsetIndex::Put(const IndexUpdate& update) {
  if (update.empty() || !works()) return;
  RocksBatch batch;
  AddTo(batch, update);
  Check(database_.Write(batch, /*sync=*/false));
}

void OffsetIndex::AddTo(RocksBatch& batch, const IndexUpdate& update) const {
  for (const auto& [partition, entry] : update.entries) {
    batch.Put(family_, index_key::ByOffset(partition, entry.offset),
              index_key::ByOffsetValue(entry));
    batch.Put(family_, index_key::ByTime(partition, entry.segment_base, entry.max_timestamp_ms),
              index_key::ByTimeValue(entry));
  }
  for (const auto& [partition, segment_base, bytes, generation] : update.coverage) {
    batch.Put(family_, index_key::Coverage(partition, segment_base),
              index_key::CoverageValue({bytes, generation}));
  }
}

Result<void> OffsetIndex::Drop(PartitionId partition, Offset begin, Offset end,
                               RocksBatch* batch) const {
  STRATA_TRY(database_.DeleteRange(family_, index_key::ByOffset(partition, begin),
                                   index_key::ByOffset(partition, end), batch));
  STRATA_TRY(database_.DeleteRange(family_, index_key::ByTimeFrom(partition, begin),
                                   index_key::ByTimeFrom(partition, end), batch));
  return database_.DeleteRange(family_, index_key::Coverage(partition, begin),
                               index_key::Coverage(partition, end), batch);
}

void OffsetIndex::Replace(PartitionId partition, Offset begin, Offset end,
                          const IndexUpdate& update) {
  if (works()) Check(TryReplace(partition, begin, end, update));
}

Result<void> OffsetIndex::TryReplace(PartitionId partition, Offset begin, Offset end,
                                     const IndexUpdate& update) {
  RocksBatch batch;
  STRATA_TRY(Drop(partition, begin, end, &batch));
  AddTo(batch, update);
  return database_.Write(batch, /*sync=*/false);
}

std::optional<IndexEntry> OffsetIndex::FindOffset(PartitionId partition, Offset offset) const {
  if (!works()) return std::nullopt;
  const auto found =
      Found(database_.FindAtOrBefore(family_, index_key::ByOffset(partition, offset)));
  if (!found) return std::nullopt;
  return index_key::ParseByOffset(partition, found->key, found->value);
}

std::optional<IndexEntry> OffsetIndex::FindTime(PartitionId partition, Offset segment_base,
                                                TimestampMs time) const {
  if (!works() || time == std::numeric_limits<TimestampMs>::min()) return std::nullopt;
  const std::string key = index_key::ByTime(partition, segment_base, time - 1);
  const auto found = Found(database_.FindAtOrBefore(family_, key));
  if (!found) return std::nullopt;
  const auto entry = index_key::ParseByTime(partition, found->key, found->value);
  if (!entry || entry->segment_base != segment_base) return std::nullopt;
  return entry;
}

std::int64_t OffsetIndex::CoveredBytes(PartitionId partition, Offset segment_base,
                                       std::uint32_t generation) const {
  if (!works()) return 0;
  const auto value = Found(database_.Get(family_, index_key::Coverage(partition, segment_base)));
  if (!value) return 0;
  const auto covered = index_key::ParseCoverage(*value);
  return covered && covered->generation == generation ? covered->bytes : 0;
}

void OffsetIndex::DropBeyond(PartitionId partition, const LogEnd& end) {
  if (works()) Check(TryDropBeyond(partition, end));
}

Result<void> OffsetIndex::TryDropBeyond(PartitionId partition, const LogEnd& end) {
  RocksBatch batch;
  const auto drop = [&](std::string_view key, std::string_view) {
    batch.Delete(family_, key);
    return true;
  };
  const auto drop_late_batch = [&](std::string_view key, std::string_view value) {
    const auto entry = index_key::ParseByTime(partition, key, value);
    return entry && entry->offset < end.offset ? true : drop(key, value);
  };
  const auto drop_coverage = [&](std::string_view key, std::string_view value) {
    const bool of_last = key == index_key::Coverage(partition, end.segment_base);
    const auto bytes = index_key::ParseCoverage(value);
    return of_last && bytes && bytes->bytes <= end.size_bytes ? true : drop(key, value);
  };
  STRATA_TRY(database_.Scan(family_, index_key::ByOffset(partition, end.offset),
                            index_key::ByOffsetEnd(partition), drop));
  STRATA_TRY(database_.Scan(family_, index_key::ByTimeFrom(partition, end.segment_base),
                            index_key::ByTimeEnd(partition), drop_late_batch));
  STRATA_TRY(database_.Scan(family_, index_key::Coverage(partition, end.segment_base),
                            index_key::CoverageEnd(partition), drop_coverage));
  if (batch.empty()) return Ok();
  STRATA_TRY(database_.Write(batch, /*sync=*/false));
  return database_.Sync();
}

void OffsetIndex::DropBelow(PartitionId partition, Offset segment_base) {
  if (works()) Check(TryDropBelow(partition, segment_base));
}

Result<void> OffsetIndex::TryDropBelow(PartitionId partition, Offset segment_base) {
  RocksBatch batch;
  STRATA_TRY(Drop(partition, 0, segment_base, &batch));
  return database_.Write(batch, /*sync=*/false);
}

void OffsetIndex::Remove(const std::vector<PartitionId>& partitions) {
  if (works()) Check(TryRemove(partitions));
}

Result<void> OffsetIndex::TryRemove(const std::vector<PartitionId>& partitions) {
  RocksBatch batch;
  for (const auto& [first, last] : RunsOf(partitions)) {
    STRATA_TRY(database_.DeleteRange(family_, PartitionPrefix(first),
                                     PrefixEnd(PartitionPrefix(last)), &batch));
  }
  return database_.Write(batch, /*sync=*/false);
}

}  // namespace strata::storage
