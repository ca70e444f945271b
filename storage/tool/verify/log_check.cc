#include "storage/tool/verify/log_check.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "storage/encoding/quote.h"
#include "storage/log/recovery_decision.h"
#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

class LogCheck {
 public:
  LogCheck(PartitionId partition, const LoadedState* state,
           const std::vector<SegmentFacts>& segments)
      : partition_(partition), state_(state), segments_(segments) {
    if (!segments.empty()) log_start_ = segments.front().base_offset;
    if (state != nullptr) log_start_ = state->log_start;
    if (state != nullptr) stable_ = std::max(state->stable, log_start_);
  }

  std::vector<Finding> Run();

 private:
  void CheckStart();
  void CheckGaps(const SegmentFacts& segment);
  void CheckJoint(const SegmentFacts& segment, Offset next_base);
  void CheckTail(const SegmentFacts& last);
  void CheckSealedNotes();
  void CheckSealedNote(const SealedSegment& note);
  void CheckCleanEnd(const SegmentFacts& last);

  bool IsLast(const SegmentFacts& segment) const { return &segment == &segments_.back(); }
  // What lies there may be the trace of a crash, and nothing that was acknowledged for sure.
  bool MayBeTorn(const SegmentFacts& segment, Offset offset) const {
    return state_ != nullptr && IsLast(segment) && offset >= stable_;
  }
  Finding& AddSegment(Severity severity, const SegmentFacts& segment,
                      std::optional<OffsetRange> offsets, std::string what);
  // Of all that lies behind the last good batch.
  void AddRest(Severity severity, const SegmentFacts& segment, std::optional<OffsetRange> offsets,
               std::string what);
  Finding& AddPartition(Severity severity, std::optional<OffsetRange> offsets, std::string what);

  const PartitionId partition_;
  const LoadedState* const state_;
  const std::vector<SegmentFacts>& segments_;
  Offset log_start_ = 0;
  Offset stable_ = 0;
  std::vector<Finding> findings_;
};

std::vector<Finding> LogCheck::Run() {
  CheckStart();
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    CheckGaps(segments_[i]);
    if (i + 1 < segments_.size()) CheckJoint(segments_[i], segments_[i + 1].base_offset);
  }
  if (!segments_.empty()) CheckTail(segments_.back());
  if (state_ == nullptr) return std::move(findings_);
  CheckSealedNotes();
  if (!segments_.empty() && segments_.back().whole()) CheckCleanEnd(segments_.back());
  return std::move(findings_);
}

void LogCheck::CheckStart() {
  if (segments_.empty()) {
    if (stable_ <= log_start_) return;
    AddPartition(Severity::kDamage, OffsetRange{log_start_, stable_},
                 "there is no segment file at all");
  } else if (segments_.front().base_offset > log_start_) {
    AddPartition(Severity::kDamage, OffsetRange{log_start_, segments_.front().base_offset},
                 fmt::format("a segment file is missing: the first one is {}",
                             SegmentFileName(segments_.front().base_offset)));
  }
}

void LogCheck::CheckGaps(const SegmentFacts& segment) {
  for (const Gap& gap : segment.gaps) {
    const bool torn = MayBeTorn(segment, gap.offsets.first);
    Finding& finding =
        AddSegment(torn ? Severity::kTorn : Severity::kDamage, segment, gap.offsets,
                   fmt::format("{}; the next good batch is at {}{}", Describe(gap.what), gap.end,
                               torn ? ": the broker will set all of it aside, strata-log repair "
                                      "keeps what is intact"
                                    : ""));
    finding.position = gap.begin;
    finding.bytes = gap.end - gap.begin;
  }
}

void LogCheck::CheckJoint(const SegmentFacts& segment, Offset next_base) {
  const Offset next = segment.next_offset;
  if (next == next_base) {
    if (segment.end == ScanEnd::kEndOfData) return;
    AddRest(Severity::kStray, segment, std::nullopt, "bytes behind the last batch");
  } else if (next > next_base) {
    AddSegment(Severity::kDamage, segment, OffsetRange{next_base, next},
               "these are in the next segment, too");
  } else if (IsCleanEnd(segment.end)) {
    AddRest(Severity::kDamage, segment, OffsetRange{next, next_base},
            fmt::format("they are missing: the file ends, and the next one is {}",
                        SegmentFileName(next_base)));
  } else {
    AddRest(Severity::kDamage, segment, OffsetRange{next, next_base},
            fmt::format("{}; no good batch follows in this file", Describe(segment.end)));
  }
}

void LogCheck::CheckTail(const SegmentFacts& last) {
  const TailAction action = DecideTail(last.end, last.next_offset, stable_);
  if (action == TailAction::kKeep) return;
  const std::string_view how = Describe(last.end);
  if (action == TailAction::kRefuse) {
    AddRest(Severity::kDamage, last, OffsetRange{last.next_offset, stable_},
            fmt::format("{}, but what was stored there is known to have been on disk; a broker "
                        "takes no appends behind it",
                        how));
  } else if (state_ == nullptr) {
    AddRest(Severity::kDamage, last, std::nullopt,
            fmt::format("{}, and no good batch follows", how));
  } else {
    AddRest(Severity::kTorn, last, std::nullopt,
            fmt::format("{}; the broker will set these bytes aside when it starts", how));
  }
}

void LogCheck::CheckSealedNotes() {
  for (const auto& [base_offset, note] : state_->sealed) CheckSealedNote(note);
}

// The broker goes by a note only if it leads to the next segment.
void LogCheck::CheckSealedNote(const SealedSegment& note) {
  const auto found = std::find_if(segments_.begin(), segments_.end(), [&](const auto& segment) {
    return segment.base_offset == note.base_offset;
  });
  if (found == segments_.end()) {
    AddPartition(Severity::kHint, std::nullopt,
                 fmt::format("a note speaks of the sealed segment {}, which is not there",
                             SegmentFileName(note.base_offset)));
    return;
  }
  if (IsLast(*found) || !found->whole()) return;
  if (note.next_offset != (found + 1)->base_offset) {
    AddSegment(Severity::kHint, *found, std::nullopt,
               fmt::format("the note of its sealing says that {} comes next", note.next_offset));
  } else if (note.size_bytes != found->end_position) {
    AddSegment(Severity::kDamage, *found, std::nullopt,
               fmt::format("the note of its sealing says {} bytes, and its batches have {}",
                           note.size_bytes, found->end_position));
  } else if (note.max_timestamp_ms != found->max_timestamp_ms) {
    AddSegment(Severity::kDamage, *found, std::nullopt,
               fmt::format("the note of its sealing has the highest timestamp {}, which is {}",
                           note.max_timestamp_ms, found->max_timestamp_ms));
  }
}

void LogCheck::CheckCleanEnd(const SegmentFacts& last) {
  const auto& noted = state_->clean_end;
  if (!noted) return;
  const CleanEnd found{last.base_offset, last.next_offset, last.end_position,
                       last.max_timestamp_ms};
  if (*noted == found) return;
  const bool is_older = noted->log_end < found.log_end;
  const bool believed =
      !is_older && noted->segment_base == last.base_offset && noted->size_bytes <= last.file_bytes;
  AddSegment(believed ? Severity::kDamage : Severity::kHint, last, std::nullopt,
             fmt::format("the note of the clean stop has the log end {} at {} bytes of segment {}, "
                         "and it is {} at {}{}",
                         noted->log_end, noted->size_bytes, SegmentFileName(noted->segment_base),
                         found.log_end, found.size_bytes,
                         is_older ? ": meta/ is an older copy, and the broker reads on" : ""));
}

Finding& LogCheck::AddSegment(Severity severity, const SegmentFacts& segment,
                              std::optional<OffsetRange> offsets, std::string what) {
  Finding& finding = AddPartition(severity, offsets, std::move(what));
  finding.where = segment.where;
  return finding;
}

void LogCheck::AddRest(Severity severity, const SegmentFacts& segment,
                       std::optional<OffsetRange> offsets, std::string what) {
  Finding& finding = AddSegment(severity, segment, offsets, std::move(what));
  finding.position = segment.end_position;
  finding.bytes = segment.file_bytes - segment.end_position;
}

Finding& LogCheck::AddPartition(Severity severity, std::optional<OffsetRange> offsets,
                                std::string what) {
  Finding finding{severity, RelativePartitionPath(partition_), std::move(what)};
  finding.offsets = offsets;
  finding.partition = partition_;
  return findings_.emplace_back(std::move(finding));
}

}  // namespace

std::vector<Finding> CheckLog(PartitionId partition, const LoadedState* state,
                              const std::vector<SegmentFacts>& segments) {
  return LogCheck(partition, state, segments).Run();
}

std::vector<Finding> CheckCursors(const Truth& truth,
                                  const std::map<PartitionId, Offset>& log_ends) {
  std::vector<Finding> findings;
  for (const GroupCursor& entry : truth.cursors) {
    const auto add = [&](Severity severity, const std::string& what) {
      findings.push_back({severity, "meta, family cursors",
                          fmt::format("the cursor of group {} on {} {}", Quote(entry.group),
                                      Describe(entry.partition), what)});
    };
    if (!truth.groups.contains(entry.group)) {
      add(Severity::kDamage, "cannot be reached: the group has no entry of its own");
    }
    const auto log_end = log_ends.find(entry.partition);
    const Offset furthest = std::max(entry.cursor.current, entry.cursor.committed);
    if (log_end == log_ends.end()) {
      add(Severity::kStray, "speaks of a log that is not there");
    } else if (furthest > log_end->second) {
      add(Severity::kDamage,
          fmt::format("is at {} (committed {}), and the log ends at {}", entry.cursor.current,
                      entry.cursor.committed, log_end->second));
    }
  }
  return findings;
}

std::string RelativePartitionPath(PartitionId partition) {
  return PartitionDirectory("", partition).substr(1);
}

}  // namespace strata::storage::tool
