#include "broker/groups/first_cursors.h"

#include <utility>

namespace strata::broker {
namespace {

Result<storage::Cursor> FirstCursor(storage::PartitionId partition, const StartOffset& start,
                                    storage::LogStore& logs) {
  storage::Cursor cursor;
  STRATA_TRY_ASSIGN(const auto offset, start(partition));
  if (!offset) return cursor;
  STRATA_TRY_ASSIGN(const auto ends, logs.Ends(partition));
  cursor.current = *offset;
  // The log start needs no mark; any other start must outlive a member that dies uncommitted.
  if (*offset != ends.log_start) cursor.committed = *offset;
  return cursor;
}

Result<std::vector<storage::CursorEntry>> FirstCursorsOf(const Topic& topic,
                                                         const StartOffset& start,
                                                         storage::LogStore& logs) {
  std::vector<storage::CursorEntry> first;
  for (std::int32_t i = 0; i < topic.partition_count; ++i) {
    const storage::PartitionId partition = topic.Partition(i);
    STRATA_TRY_ASSIGN(auto cursor, FirstCursor(partition, start, logs));
    first.push_back({partition, std::move(cursor)});
  }
  return first;
}

}  // namespace

Result<std::vector<storage::CursorEntry>> FirstCursors(const std::vector<TopicPtr>& topics,
                                                       const StartOffset& start,
                                                       storage::LogStore& logs) {
  std::vector<storage::CursorEntry> first;
  for (const TopicPtr& topic : topics) {
    auto cursors = FirstCursorsOf(*topic, start, logs);
    if (!cursors && cursors.error().code == ErrorCode::UNKNOWN_PARTITION) continue;
    if (!cursors) return cursors;
    first.insert(first.end(), cursors->begin(), cursors->end());
  }
  return first;
}

}  // namespace strata::broker
