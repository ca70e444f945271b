// Decides which batches of a segment get an index entry, while it is walked or written from its
// beginning (or from an entry on). Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "proto/base/types.h"
#include "storage/index/offset_index.h"
#include "storage/log/batch_scanner.h"

namespace strata::storage {

class IndexBuilder {
 public:
  // `generation`: of the segment's file.
  explicit IndexBuilder(Offset segment_base, std::uint32_t generation = 0)
      : segment_base_(segment_base), generation_(generation) {}

  // Goes on behind an entry that is in the index already.
  explicit IndexBuilder(const IndexEntry& last)
      : segment_base_(last.segment_base),
        last_position_(last.position),
        max_timestamp_ms_(last.max_timestamp_ms) {}

  // Goes on with a segment of which only the size and the highest timestamp are known.
  IndexBuilder(Offset segment_base, std::int64_t size_bytes, TimestampMs max_timestamp_ms)
      : segment_base_(segment_base),
        last_position_(size_bytes),
        max_timestamp_ms_(max_timestamp_ms) {}

  // The next batch of the segment; returns its entry if it is to have one. The first batch has
  // none: whoever finds no entry begins there.
  std::optional<IndexEntry> Add(const BatchPlace& batch) {
    max_timestamp_ms_ = std::max(max_timestamp_ms_, batch.header.max_timestamp_ms);
    if (batch.position - last_position_ < kIndexIntervalBytes) return std::nullopt;
    last_position_ = batch.position;
    return IndexEntry{batch.header.base_offset, segment_base_, batch.position, max_timestamp_ms_,
                      generation_};
  }

  // Of all batches so far.
  TimestampMs max_timestamp_ms() const { return max_timestamp_ms_; }

 private:
  Offset segment_base_;
  std::uint32_t generation_ = 0;
  std::int64_t last_position_ = 0;
  TimestampMs max_timestamp_ms_ = kNoTimestamp;
};

}  // namespace strata::storage
