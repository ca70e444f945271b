// The read path of a log: from an offset or a time to a place in a file, and from there to bytes.
//
// Threads: any, as often as one likes at once.
#pragma once

#include <memory>
#include <optional>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"
#include "storage/index/index_key.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_log.h"
#include "storage/log_store.h"

namespace strata::storage {

class LogReader {
 public:
  explicit LogReader(const LogEnvironment& environment) : environment_(environment) {}

  // As LogStore's methods of these names; the first may wait for the disk, the second never does.
  Result<ReadResult> Read(PartitionLog& log, Offset from, const ReadLimits& limits) const;
  std::optional<Result<ReadResult>> ReadCached(const PartitionLog& log, Offset from,
                                               const ReadLimits& limits) const;
  Result<Offset> OffsetForTime(PartitionLog& log, TimestampMs time) const;

 private:
  // The file that `segment` speaks of; null if it has another one by now, or is gone.
  Result<std::shared_ptr<const File>> OpenFile(PartitionLog& log, const SegmentView& segment) const;
  // What Read does if it needs the disk. Nothing if the segment has changed under us.
  Result<std::optional<ReadResult>> ReadFrom(PartitionLog& log, const ReadPlace& place, Offset from,
                                             const ReadLimits& limits) const;
  // The position of the batch that contains `offset`.
  Result<std::int64_t> FindPosition(PartitionLog& log, const File& file, const ReadPlace& place,
                                    Offset offset) const;
  // The batch of a segment that OffsetForTime is looking for, if it is in this one.
  Result<std::optional<BatchHeader>> FindTime(PartitionLog& log, const File& file,
                                              const SegmentView& segment, TimestampMs time,
                                              Offset log_start) const;
  Result<std::optional<BatchHeader>> TryFindTime(PartitionLog& log, const File& file,
                                                 const SegmentView& segment, TimestampMs time,
                                                 Offset log_start) const;
  // Looks through a segment whose batches are not as they should be, and notes what is damaged.
  // Returns whether that was news.
  Result<bool> LookForDamage(PartitionLog& log, Offset segment_base) const;
  // Fills the holes that a crash has left in the index of a segment, if it can. The index only
  // shortens searches, so its failures never fail a read.
  void CompleteIndex(PartitionLog& log, const File& file, const SegmentView& segment) const;

  const LogEnvironment& environment_;
};

}  // namespace strata::storage
