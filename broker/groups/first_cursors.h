// Where a group that is new begins.
#pragma once

#include <functional>
#include <vector>

#include "broker/topics/topic.h"
#include "proto/base/error.h"
#include "storage/cursor_store.h"
#include "storage/log_store.h"

namespace strata::broker {

using StartOffset = std::function<Result<Offset>(storage::PartitionId)>;

// The cursors of a group whose first member reads these topics from `start` on: one for each
// partition. What `start` may answer, and UNKNOWN_PARTITION: a topic was deleted meanwhile.
Result<std::vector<storage::CursorEntry>> FirstCursors(const std::vector<TopicPtr>& topics,
                                                       const StartOffset& start,
                                                       storage::LogStore& logs);

}  // namespace strata::broker
