// The segment at the end of a log: where it stands, and its file when it is open. The file may be
// closed at any time when there is nothing to flush, so that ten thousand quiet partitions hold no
// file descriptors.
//
// Owned by one thread (a log writer).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log/index_builder.h"
#include "storage/log/log_state.h"
#include "storage/log/segment.h"
#include "storage/log_store.h"

namespace strata::storage {

class ActiveSegment {
 public:
  using Clock = std::chrono::steady_clock;

  // No segment yet. The rest is set by Start.
  ActiveSegment() = default;

  // A segment that is there already. `index` goes on with its index, which has to be checked up
  // to `unchecked_index_bytes`. `since_ms`: when it was found, by the RetentionClock.
  ActiveSegment(Offset base_offset, std::int64_t size_bytes, const IndexBuilder& index,
                std::int64_t unchecked_index_bytes, TimestampMs since_ms);

  bool exists() const { return base_offset_.has_value(); }
  bool file_open() const { return file_.has_value(); }

  // Only if it exists.
  Offset base_offset() const { return *base_offset_; }
  std::int64_t size_bytes() const { return size_bytes_; }
  TimestampMs max_timestamp_ms() const { return index_.max_timestamp_ms(); }
  std::int64_t unchecked_index_bytes() const { return unchecked_index_bytes_; }
  // When it was found or its first batch was appended.
  Clock::time_point started() const { return started_; }
  // When it was found or begun, by the RetentionClock.
  TimestampMs since_ms() const { return since_ms_; }

  // Makes a new, empty one.
  Result<void> Start(FileSystem& file_system, const std::string& directory, Offset base_offset,
                     TimestampMs since_ms);
  // Opens the file if it is not open.
  Result<void> Open(FileSystem& file_system, const std::string& directory);
  void CloseFile() { file_.reset(); }

  // The file must be open for these. See Segment for their errors.
  Result<void> Reserve(std::int64_t bytes, std::int64_t limit_bytes, const DiskReserve& reserve);
  Result<void> Append(std::span<const std::string_view> fragments, std::int64_t bytes,
                      Segment::Zeros zeros, Clock::time_point now);
  Result<void> Seal();

  // Flushes the file, if it is open.
  Result<void> Sync();
  // Whether the directory entry of the file may not be on disk yet; and those of its directories,
  // if it is the first of its log.
  bool new_entry() const { return new_entry_; }
  bool first_of_log() const { return first_of_log_; }
  // The directory entries have been flushed.
  void NoteEntrySynced() { new_entry_ = first_of_log_ = false; }

  // Notes a batch that was just appended; returns its entry if it is to be indexed.
  std::optional<IndexEntry> AddToIndex(const BatchPlace& batch) { return index_.Add(batch); }

 private:
  std::optional<Offset> base_offset_;
  std::int64_t size_bytes_ = 0;
  std::int64_t unchecked_index_bytes_ = 0;
  IndexBuilder index_{0};
  Clock::time_point started_ = Clock::now();
  TimestampMs since_ms_ = kNoTimestamp;
  bool new_entry_ = false;
  bool first_of_log_ = false;
  std::optional<Segment> file_;
};

}  // namespace strata::storage
