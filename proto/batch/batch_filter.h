// Takes records out of a stored batch, as compaction does, and everything else stays as it is: the
// base offset and the range of offsets, the offsets and timestamps of the records that are left,
// the codec, the producer.
//
// Pure functions; callable from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"

namespace strata {

// As much of a record as is needed to decide about it. Views into the batch.
struct RecordKey {
  Offset offset = kNoOffset;
  std::optional<std::string_view> key;
  bool is_tombstone = false;  // the value is null
};

// Calls `visit` for each record of a batch that was stored; returns false to stop.
// INVALID_BATCH, UNSUPPORTED_BATCH: it is damaged, or inflates beyond `max_inflated_bytes`.
Result<void> VisitKeys(std::string_view batch, std::size_t max_inflated_bytes,
                       const std::function<bool(const RecordKey&)>& visit);

struct FilteredBatch {
  std::int32_t kept = 0;
  std::int32_t dropped = 0;
  // The batch with what is left; empty if nothing was dropped, or nothing is left.
  std::string bytes;
};

// Leaves out the records that `keep` does not want. The maximum timestamp becomes that of what is
// left. Errors as above.
Result<FilteredBatch> FilterBatch(std::string_view batch, std::size_t max_inflated_bytes,
                                  const std::function<bool(const RecordKey&)>& keep);

// A batch without records, which stands for the offsets from `base_offset` up to `next_offset`, at
// least one and fewer than 2^31. It has neither timestamps nor a producer.
std::string EmptyBatch(Offset base_offset, Offset next_offset, std::int32_t epoch);

}  // namespace strata
