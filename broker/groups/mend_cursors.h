// Puts cursors right that a crash has left beyond the end of their logs.
//
// Records that were acknowledged before they were on disk can be lost with the machine, while the
// commit of a member that had them was on disk. A group that went on from there would skip the new
// records that take those offsets.
#pragma once

#include "proto/base/error.h"
#include "storage/cursor_store.h"
#include "storage/log_store.h"

namespace strata::broker {

// Moves every cursor beyond its log's end back to that end, durably, and says so in the broker's
// log. Cursors of logs that are damaged are left as they are: what these hold is not decided yet,
// and nothing new can be appended to them. To be called at the start, after the logs have been
// opened and before anything is appended. Waits for the disk. IO_ERROR, CORRUPT_LOG, DISK_FULL.
Result<void> MendCursors(storage::CursorStore& cursors, storage::LogStore& logs);

}  // namespace strata::broker
