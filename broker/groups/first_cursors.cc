#include "broker/groups/first_cursors.h"

namespace strata::broker {

Result<std::vector<storage::CursorEntry>> FirstCursors(const std::vector<TopicPtr>& topics,
                                                       const StartOffset& start,
                                                       storage::LogStore& logs) {
  std::vector<storage::CursorEntry> first;
  for (const TopicPtr& topic : topics) {
    for (std::int32_t i = 0; i < topic->partition_count; ++i) {
      const storage::PartitionId partition = topic->Partition(i);
      STRATA_TRY_ASSIGN(const Offset offset, start(partition));
      STRATA_TRY_ASSIGN(const auto ends, logs.Ends(partition));
      storage::Cursor cursor;
      cursor.current = offset;
      // The log start needs no mark; any other start must outlive a member that dies uncommitted.
      if (offset != ends.log_start) cursor.committed = offset;
      first.push_back({partition, cursor});
    }
  }
  return first;
}

}  // namespace strata::broker
