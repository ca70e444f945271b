#include "broker/groups/mend_cursors.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "proto/base/awaited.h"

namespace strata::broker {
namespace {

// Where the log ends if the cursor is beyond that, and the log is sound.
std::optional<Offset> EndBefore(const storage::Cursor& cursor, storage::PartitionId partition,
                                storage::LogStore& logs) {
  const Offset furthest = std::max(cursor.current, cursor.committed);
  const auto ends = logs.Ends(partition);
  if (!ends || furthest <= ends->log_end) return std::nullopt;
  const auto status = logs.Status(partition);
  if (!status || !status->health) return std::nullopt;
  return ends->log_end;
}

void MendGroup(const std::string& group, std::vector<storage::CursorEntry> entries,
               storage::LogStore& logs, std::vector<storage::CursorWrite>* writes) {
  for (storage::CursorEntry& entry : entries) {
    const auto end = EndBefore(entry.cursor, entry.partition, logs);
    if (!end) continue;
    if (entry.cursor.committed > *end) {
      spdlog::warn(
          "group {}: had committed {} in partition {} of topic id {}, which ends at {}: "
          "the records in between were lost before they were on disk; the group goes on at the end",
          group, entry.cursor.committed, entry.partition.partition, entry.partition.topic, *end);
    }
    entry.cursor.current = std::min(entry.cursor.current, *end);
    entry.cursor.committed = std::min(entry.cursor.committed, *end);
    writes->push_back({group, entry.partition, std::move(entry.cursor)});
  }
}

}  // namespace

Result<void> MendCursors(storage::CursorStore& cursors, storage::LogStore& logs) {
  std::vector<storage::CursorWrite> writes;
  STRATA_TRY_ASSIGN(const auto groups, cursors.ListGroups());
  for (const std::string& group : groups) {
    STRATA_TRY_ASSIGN(auto entries, cursors.Load(group));
    if (entries) MendGroup(group, std::move(*entries), logs, &writes);
  }
  if (writes.empty()) return Ok();
  Awaited<void> written;
  cursors.Write(std::move(writes), /*durable=*/true, written.Callback());
  return written.Wait();
}

}  // namespace strata::broker
