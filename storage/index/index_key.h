// Keys and values of the offset index, as FORMAT.md beside this file describes them.
// Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::storage {

// One batch out of many, and where it lies.
struct IndexEntry {
  Offset offset = 0;  // of its first record
  Offset segment_base = 0;
  std::int64_t position = 0;
  // The highest timestamp in the segment up to this batch, itself included.
  TimestampMs max_timestamp_ms = kNoTimestamp;
  std::uint32_t generation = 0;  // of the segment's file: how often it was rewritten

  bool operator==(const IndexEntry&) const = default;
};

// What all keys of a partition begin with, in every family of the logs: topic id and partition.
std::string PartitionPrefix(PartitionId partition);
inline constexpr std::size_t kPartitionPrefixBytes = 12;

namespace index_key {

// By offset: where to begin looking for an offset.
std::string ByOffset(PartitionId partition, Offset offset);
std::string ByOffsetValue(const IndexEntry& entry);
std::optional<IndexEntry> ParseByOffset(PartitionId partition, std::string_view key,
                                        std::string_view value);

// By time: the last indexed batch of a segment up to which no timestamp is above
// `max_timestamp_ms`.
std::string ByTime(PartitionId partition, Offset segment_base, TimestampMs max_timestamp_ms);
std::string ByTimeValue(const IndexEntry& entry);
std::optional<IndexEntry> ParseByTime(PartitionId partition, std::string_view key,
                                      std::string_view value);

// Coverage: up to which position of a segment the index is known to be complete.
std::string CoveragePrefix(PartitionId partition);  // the base offset follows
std::string Coverage(PartitionId partition, Offset segment_base);
struct CoveredPart {
  std::int64_t bytes = 0;
  std::uint32_t generation = 0;

  bool operator==(const CoveredPart&) const = default;
};
std::string CoverageValue(const CoveredPart& covered);
std::optional<CoveredPart> ParseCoverage(std::string_view value);

// Bounds, for scans and deletions: the keys by time and the coverage of segments from this one on.
std::string ByTimeFrom(PartitionId partition, Offset segment_base);
std::string ByTimeEnd(PartitionId partition);
std::string CoverageEnd(PartitionId partition);
std::string ByOffsetEnd(PartitionId partition);

}  // namespace index_key
}  // namespace strata::storage
