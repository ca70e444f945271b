// Finds out, when a log is opened, what it knows of its producers: from the note, and from the
// headers of the batches behind it.
//
// Threads: any; waits for the disk.
#pragma once

#include <optional>
#include <span>

#include "proto/base/error.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_log.h"
#include "storage/log/producers/producer_table.h"
#include "storage/log_store.h"

namespace strata::storage {

struct RecoveredProducers {
  ProducerTable table;
  Offset noted_as_of = kNoOffset;
};

// `segments` and `log_end` are what recovery has found of a sound log. A note of what was lost
// since, beyond `log_end`, is dropped durably, before the log can grow to where it would seem
// right; then, and without any note, the headers of the whole log are read. IO_ERROR, DISK_FULL.
Result<RecoveredProducers> RecoverProducers(const LogEnvironment& environment,
                                            PartitionId partition,
                                            const std::optional<ProducerSnapshot>& note,
                                            std::span<const SegmentView> segments, Offset log_end);

}  // namespace strata::storage
