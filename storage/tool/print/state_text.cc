#include "storage/tool/print/state_text.h"

#include <fmt/format.h>

#include "storage/encoding/quote.h"
#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

std::string OffsetText(Offset offset) {
  return offset == kNoOffset ? "-" : std::to_string(offset);
}

std::string RunText(const Truth& truth) {
  if (!truth.run) return "no broker has ever opened this directory\n";
  return fmt::format("run {}, {}\n", truth.run->number,
                     truth.run->clean ? "stopped cleanly" : "not stopped cleanly");
}

std::string LogText(PartitionId partition, const LoadedState& state) {
  std::string text = fmt::format("{}\n  log start {}, stable up to {}\n", Describe(partition),
                                 state.log_start, state.stable);
  for (const auto& [base_offset, segment] : state.sealed) {
    text += fmt::format("  sealed {}: next offset {}, {} bytes, highest time {}\n",
                        SegmentFileName(base_offset), segment.next_offset, segment.size_bytes,
                        segment.max_timestamp_ms);
  }
  if (state.clean_end) {
    const CleanEnd& end = *state.clean_end;
    text += fmt::format("  ended cleanly at {} in {}, {} bytes, highest time {}\n", end.log_end,
                        SegmentFileName(end.segment_base), end.size_bytes, end.max_timestamp_ms);
  }
  return text;
}

std::string CursorText(const GroupCursor& entry) {
  std::string text =
      fmt::format("  {}: current {}, committed {}", Describe(entry.partition),
                  OffsetText(entry.cursor.current), OffsetText(entry.cursor.committed));
  if (entry.cursor.committed != kNoOffset) {
    text += fmt::format(" by {} at {}", Quote(entry.cursor.member), entry.cursor.committed_at_ms);
  }
  if (!entry.cursor.metadata.empty()) text += ", note " + Quote(entry.cursor.metadata);
  return text + "\n";
}

std::string GroupsText(const Truth& truth, const PartitionFilter& shown) {
  std::map<std::string, std::string> cursors;  // by group
  for (const std::string& group : truth.groups) cursors[group];
  for (const GroupCursor& entry : truth.cursors) {
    if (shown(entry.partition)) cursors[entry.group] += CursorText(entry);
  }
  std::string text;
  for (const auto& [group, lines] : cursors) text += "group " + Quote(group) + "\n" + lines;
  return text;
}

}  // namespace

std::string StateText(const Truth& truth, const PartitionFilter& shown) {
  std::string text = RunText(truth);
  for (const auto& [partition, state] : truth.logs) {
    if (shown(partition)) text += LogText(partition, state);
  }
  text += GroupsText(truth, shown);
  text += fmt::format("metadata at revision {}\n", truth.revision.value_or(0));
  for (const VersionedValue& entry : truth.metadata) {
    text +=
        fmt::format("  {} version {}: {}\n", Quote(entry.key), entry.version, Quote(entry.value));
  }
  for (const Finding& finding : truth.damage) {
    text += fmt::format("damage in {}: {}\n", finding.where, finding.what);
  }
  return text;
}

}  // namespace strata::storage::tool
