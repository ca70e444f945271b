// How far behind its log a group is in one partition. Pure.
#pragma once

#include <algorithm>

#include "proto/base/types.h"
#include "storage/cursor_store.h"
#include "storage/log_store.h"

namespace strata::broker {

// In offsets: those that compaction has emptied count.
struct CursorLag {
  Offset done = 0;        // everything before it is processed, or retention has deleted it
  Offset current = 0;     // everything before it has been delivered, or is done
  Offset behind = 0;      // from `done` to the end of what is visible
  Offset to_deliver = 0;  // from `current`
};

inline CursorLag LagOf(const storage::Cursor& cursor, const storage::LogEnds& ends) {
  CursorLag lag;
  lag.done = std::max(cursor.committed, ends.log_start);
  lag.current = std::max(cursor.current, lag.done);
  lag.behind = std::max<Offset>(0, ends.visible - lag.done);
  lag.to_deliver = std::max<Offset>(0, ends.visible - lag.current);
  return lag;
}

}  // namespace strata::broker
