#include "storage/tool/verify/segment_verifier.h"

#include <algorithm>

#include "storage/tool/verify/record_check.h"

namespace strata::storage::tool {

Result<SegmentFacts> VerifyBatches(const File& file, const SegmentPlace& place,
                                   const VerifyOptions& options, IndexCheck* index,
                                   Report* report) {
  SegmentFacts facts;
  facts.where = place.where;
  facts.base_offset = place.offsets.first;
  STRATA_TRY_ASSIGN(facts.file_bytes, file.Size());
  ++report->counts.segments;
  report->counts.bytes += facts.file_bytes;
  SegmentWalk walk(file, facts.file_bytes, place.offsets);
  while (true) {
    STRATA_TRY_ASSIGN(const SegmentWalk::Step step, walk.Next());
    if (step == SegmentWalk::Step::kEnd) break;
    if (step == SegmentWalk::Step::kGap) {
      facts.gaps.push_back(walk.gap());
      continue;
    }
    const BatchPlace& batch = walk.batch();
    ++report->counts.batches;
    report->counts.records += batch.header.record_count;
    facts.max_timestamp_ms = std::max(facts.max_timestamp_ms, batch.header.max_timestamp_ms);
    index->Add(batch);
    if (!options.quick) {
      if (const auto checked = CheckRecords(walk.bytes()); !checked) {
        report->Add({Severity::kDamage, place.where, checked.error().message, batch.position,
                     static_cast<std::int64_t>(batch.header.total_bytes()),
                     OffsetRange{batch.header.base_offset, batch.header.next_offset()},
                     place.partition});
      }
    }
  }
  for (const UnreadablePart& part : walk.unreadable()) {
    report->Add({Severity::kDamage, place.where, part.why, part.position, part.bytes});
  }
  facts.end = walk.end();
  facts.end_position = walk.position();
  facts.next_offset = walk.next_offset();
  return facts;
}

}  // namespace strata::storage::tool
