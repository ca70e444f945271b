// From a position as clients name it to an offset.
#pragma once

#include <optional>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::v1 {
class Position;
}

namespace strata::broker {

// Whether that is the log start, whatever it is.
bool IsBeginning(const v1::Position& position);

// The offset of a position, between the log start and the visible end; a position that names
// nothing is the beginning. May wait for a disk; callable from any thread. OFFSET_OUT_OF_RANGE (the
// message names the bounds), INVALID_ARGUMENT (a negative time, or an edge that does not exist),
// UNKNOWN_PARTITION, CORRUPT_LOG, IO_ERROR.
Result<Offset> ResolvePosition(storage::LogStore& logs, storage::PartitionId partition,
                               const v1::Position& position);

// When the first record at or behind `offset` was made; nothing if there is none. May wait for a
// disk; callable from any thread. UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE, CORRUPT_LOG, IO_ERROR.
Result<std::optional<TimestampMs>> TimestampAt(storage::LogStore& logs,
                                               storage::PartitionId partition, Offset offset);

}  // namespace strata::broker
