// Writes what is left of some neighbouring segments into one new file: every batch keeps its place
// and its range of offsets, and loses the records that nobody wants; batches that lose all of them
// shrink to a header, and neighbours of that kind to one. So offsets stay dense from batch to
// batch, and whoever walks a segment need not know that it was compacted.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "proto/base/error.h"
#include "proto/batch/batch_filter.h"
#include "storage/io/file_system.h"
#include "storage/log/batch_scanner.h"
#include "storage/log/index_builder.h"
#include "storage/log/log_environment.h"
#include "storage/log/log_state.h"

namespace strata::storage {

// Asks whether a record stays.
using KeepRecord = std::function<bool(const RecordKey&)>;

// Walks the batches of a sealed segment and checks their CRCs; `visit` gets each with its bytes.
// CANCELLED: `cancelled` became true. CORRUPT_LOG: damage. IO_ERROR, and what `visit` fails with.
Result<void> VisitBatches(
    const File& file, Offset base_offset, std::int64_t size_bytes,
    const std::function<bool()>& cancelled,
    const std::function<Result<void>(const BatchHeader&, std::string_view bytes)>& visit);

class SegmentRewriter {
 public:
  // Makes the file, in the place of one that was left there. The new segment begins with
  // `base_offset`. DISK_FULL, IO_ERROR.
  static Result<SegmentRewriter> Create(const LogEnvironment& environment, PartitionId partition,
                                        Offset base_offset, std::uint32_t generation);

  // The next batch, of dense offsets. CORRUPT_LOG: it is damaged. DISK_FULL (half of the reserve is
  // left), IO_ERROR: give up.
  Result<void> Add(const BatchHeader& header, std::string_view bytes, const KeepRecord& keep);

  // Puts the file on disk. What `segment` lacks is set: its offsets, its size, its highest
  // timestamp, whether there are tombstones. DISK_FULL, IO_ERROR.
  Result<void> Finish(SealedSegment* segment);

  // After Finish: the entries of the new segment for the offset index.
  const IndexUpdate& index() const { return index_; }

 private:
  SegmentRewriter(const LogEnvironment& environment, PartitionId partition, Offset base_offset,
                  std::uint32_t generation, std::unique_ptr<File> file);

  // Writes the batch that stands for the offsets up to `next_offset` that have no records.
  Result<void> CloseGap();
  Result<void> Emit(const BatchHeader& header, std::string_view bytes);
  Result<void> WriteOut();

  const LogEnvironment* environment_;
  const PartitionId partition_;
  const Offset base_offset_;
  const std::uint32_t generation_;
  std::unique_ptr<File> file_;
  IndexBuilder index_builder_;
  IndexUpdate index_;

  Offset next_offset_;  // behind the last batch that was added
  Offset gap_base_;     // from here on to next_offset_ nothing was emitted
  std::int32_t epoch_ = 0;
  bool has_tombstones_ = false;
  std::string buffer_;
  std::int64_t written_bytes_ = 0;  // to the file
  std::int64_t synced_bytes_ = 0;
};

}  // namespace strata::storage
