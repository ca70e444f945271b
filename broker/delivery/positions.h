// From a position as clients name it to an offset.
#pragma once

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::v1 {
class Position;
}

namespace strata::broker {

// Whether ResolvePosition may have to wait for a disk.
bool NeedsDisk(const v1::Position& position);

// The offset of a position, between the log start and the visible end; a position that names
// nothing is the beginning. May wait for the disk where NeedsDisk says so; callable from any
// thread. OFFSET_OUT_OF_RANGE (the message names the bounds), INVALID_ARGUMENT (a negative time),
// UNKNOWN_PARTITION, CORRUPT_LOG, IO_ERROR.
Result<Offset> ResolvePosition(storage::LogStore& logs, storage::PartitionId partition,
                               const v1::Position& position);

}  // namespace strata::broker
