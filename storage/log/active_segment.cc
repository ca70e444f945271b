#include "storage/log/active_segment.h"

#include <string>

#include "storage/log/segment_name.h"

namespace strata::storage {

ActiveSegment::ActiveSegment(Offset base_offset, std::int64_t size_bytes, const IndexBuilder& index,
                             std::int64_t unchecked_index_bytes, TimestampMs since_ms)
    : base_offset_(base_offset),
      size_bytes_(size_bytes),
      unchecked_index_bytes_(unchecked_index_bytes),
      index_(index),
      since_ms_(since_ms) {}

Result<void> ActiveSegment::Start(FileSystem& file_system, const std::string& directory,
                                  Offset base_offset, TimestampMs since_ms) {
  STRATA_TRY_ASSIGN(file_,
                    Segment::Create(file_system, directory + "/" + SegmentFileName(base_offset)));
  first_of_log_ = first_of_log_ || !base_offset_;
  base_offset_ = base_offset;
  size_bytes_ = 0;
  unchecked_index_bytes_ = 0;
  index_ = IndexBuilder(base_offset);
  since_ms_ = since_ms;
  new_entry_ = true;
  return Ok();
}

Result<void> ActiveSegment::Open(FileSystem& file_system, const std::string& directory) {
  if (file_) return Ok();
  const std::string path = directory + "/" + SegmentFileName(*base_offset_);
  STRATA_TRY_ASSIGN(file_, Segment::Reopen(file_system, path, size_bytes_));
  return Ok();
}

Result<void> ActiveSegment::Reserve(std::int64_t bytes, std::int64_t limit_bytes,
                                    const DiskReserve& reserve) {
  return file_->Reserve(bytes, limit_bytes, reserve);
}

Result<void> ActiveSegment::Append(std::span<const std::string_view> fragments, std::int64_t bytes,
                                   Segment::Zeros zeros, Clock::time_point now) {
  if (size_bytes_ == 0) started_ = now;
  STRATA_TRY(file_->Append(fragments, bytes, zeros));
  size_bytes_ += bytes;
  return Ok();
}

Result<void> ActiveSegment::Seal() {
  STRATA_TRY(file_->Seal());
  file_.reset();
  return Ok();
}

Result<void> ActiveSegment::Sync() {
  return file_ ? file_->Sync() : Ok();
}

}  // namespace strata::storage
