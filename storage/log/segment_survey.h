// Walks a segment, checks every batch, and goes on behind damage: what of it is intact?
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log/batch_scanner.h"
#include "storage/log/damage.h"

namespace strata::storage {

// No row of batches that begins with `offset` and takes `bytes` ends above this. Little is certain,
// since records can be compressed to less than a byte, or be missing: only a batch has a least
// size. It keeps a walk past damage from what merely looks like a batch of the log. Pure.
Offset HighestEnd(Offset offset, std::int64_t bytes);

struct SurveyRequest {
  Offset segment_base = 0;
  // Where to begin: a batch with this base offset must lie at this position.
  Offset offset = 0;
  std::int64_t position = 0;
  std::int64_t limit = 0;
  // All batches lie below this offset.
  Offset highest = 0;
  // Damage in front of this offset is stepped over; damage from there on ends the walk.
  Offset step_over_below = 0;
};

struct SegmentSurvey {
  // Behind the last intact batch that was reached, and why the walk ended there.
  Offset next_offset = 0;
  std::int64_t end_position = 0;
  ScanEnd end = ScanEnd::kEndOfData;
  std::vector<DamagedRange> damage;  // between intact batches
};

// Calls `visit` for each intact batch. IO_ERROR.
Result<SegmentSurvey> SurveySegment(const File& file, const SurveyRequest& request,
                                    const std::function<void(const BatchPlace&)>& visit);

}  // namespace strata::storage
