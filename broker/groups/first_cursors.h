// Where a group that is new begins.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "broker/topics/topic.h"
#include "proto/base/error.h"
#include "storage/cursor_store.h"
#include "storage/log_store.h"

namespace strata::broker {

// Nothing: at its log start, whatever that is.
using StartOffset = std::function<Result<std::optional<Offset>>(storage::PartitionId)>;

// The cursors of a group whose first member reads these topics from `start` on: one for each
// partition. A topic that is deleted meanwhile has none. Errors: what else `start` answers, and
// LOG_POISONED; none where the group begins at the log start, for which no log has to be open.
Result<std::vector<storage::CursorEntry>> FirstCursors(const std::vector<TopicPtr>& topics,
                                                       const StartOffset& start,
                                                       storage::LogStore& logs);

}  // namespace strata::broker
