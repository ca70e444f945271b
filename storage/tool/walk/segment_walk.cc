#include "storage/tool/walk/segment_walk.h"

#include <algorithm>

#include "storage/log/intact_batch.h"
#include "storage/log/segment_survey.h"

namespace strata::storage::tool {

SegmentWalk::SegmentWalk(const File& file, std::int64_t size_bytes, OffsetRange offsets)
    : file_(file, size_bytes),
      size_bytes_(size_bytes),
      offsets_end_(std::min(offsets.end, HighestEnd(offsets.first, size_bytes))) {
  ScanFrom(0, offsets.first);
}

void SegmentWalk::ScanFrom(std::int64_t position, Offset expected) {
  scanner_.emplace(file_, position, size_bytes_, expected, BatchScanner::Check::kCrc);
}

Result<SegmentWalk::Step> SegmentWalk::Next() {
  STRATA_TRY_ASSIGN(const bool good, scanner_->Next(&batch_));
  if (good) return Step::kBatch;
  if (IsCleanEnd(scanner_->end())) return Step::kEnd;
  const Offset expected = scanner_->next_offset();
  STRATA_TRY_ASSIGN(const auto next, FindIntactBatch(file_, scanner_->position(), size_bytes_,
                                                     expected, offsets_end_));
  if (!next) return Step::kEnd;
  gap_ = {
      scanner_->position(), next->position, {expected, next->header.base_offset}, scanner_->end()};
  ScanFrom(next->position, next->header.base_offset);
  return Step::kGap;
}

}  // namespace strata::storage::tool
