#include "storage/log/segment_survey.h"

#include <limits>
#include <string>
#include <utility>

#include "storage/log/intact_batch.h"

namespace strata::storage {
namespace {

// Walks from `*survey` to the next damage, or to the end.
Result<void> WalkStretch(const File& file, const SurveyRequest& request,
                         const std::function<void(const BatchPlace&)>& visit,
                         SegmentSurvey* survey) {
  BatchScanner scanner(file, survey->end_position, request.limit, survey->next_offset,
                       BatchScanner::Check::kCrc);
  BatchPlace batch;
  while (survey->next_offset < request.highest) {
    STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
    survey->end = scanner.end();
    if (!more) return Ok();
    if (batch.header.next_offset() > request.highest) {
      survey->end = ScanEnd::kWrongOffset;
      return Ok();
    }
    visit(batch);
    survey->next_offset = scanner.next_offset();
    survey->end_position = scanner.position();
  }
  survey->end = ScanEnd::kEndOfData;
  return Ok();
}

}  // namespace

Offset HighestEnd(Offset offset, std::int64_t bytes) {
  constexpr Offset kMostPerByte = (Offset{1} << 31) / kBatchHeaderBytes + 1;
  constexpr Offset kMost = std::numeric_limits<Offset>::max();
  return bytes < (kMost - offset) / kMostPerByte ? offset + bytes * kMostPerByte : kMost;
}

Result<SegmentSurvey> SurveySegment(const File& file, const SurveyRequest& request,
                                    const std::function<void(const BatchPlace&)>& visit) {
  SegmentSurvey survey;
  survey.next_offset = request.offset;
  survey.end_position = request.position;
  while (true) {
    STRATA_TRY(WalkStretch(file, request, visit, &survey));
    if (survey.next_offset >= request.step_over_below || survey.end == ScanEnd::kZeroedTail) {
      return survey;
    }
    STRATA_TRY_ASSIGN(const auto intact, FindIntactBatch(file, survey.end_position, request.limit,
                                                         survey.next_offset, request.highest));
    if (!intact) return survey;
    survey.damage.push_back({survey.next_offset, intact->header.base_offset, request.segment_base,
                             survey.end_position, intact->position,
                             std::string(Describe(survey.end))});
    survey.next_offset = intact->header.base_offset;
    survey.end_position = intact->position;
  }
}

}  // namespace strata::storage
