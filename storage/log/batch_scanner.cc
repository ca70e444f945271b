#include "storage/log/batch_scanner.h"

#include <algorithm>
#include <cstring>

#include "proto/base/big_endian.h"
#include "proto/batch/header_layout.h"

namespace strata::storage {
namespace {

constexpr std::size_t kHeaderReadBytes = 16 << 10;
constexpr std::size_t kFullReadBytes = 1 << 20;

// There may be 16 MiB of them behind each log: compared in wide words, not byte by byte.
bool AllZero(std::string_view bytes) {
  return bytes.empty() || (bytes.front() == '\0' &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// Whether what is no header for us has all that every version has at this place.
bool IsOfAnotherVersion(std::string_view front, Offset expected) {
  const auto length = LoadBigEndian<std::int32_t>(front.data() + kBatchLengthField.offset);
  return front[kMagicField.offset] != kMagic && length > 0 &&
         LoadBigEndian<Offset>(front.data() + kBaseOffsetField.offset) == expected;
}

}  // namespace

std::string_view Describe(ScanEnd end) {
  switch (end) {
    case ScanEnd::kEndOfData:
      return "the data end behind a complete batch";
    case ScanEnd::kZeroedTail:
      return "only zeros follow";
    case ScanEnd::kIncompleteHeader:
      return "the batch header is incomplete";
    case ScanEnd::kBadHeader:
      return "there is no valid batch header";
    case ScanEnd::kUnknownVersion:
      return "the batch is damaged, or has a version that this build does not know";
    case ScanEnd::kWrongOffset:
      return "the batch has another offset than the one that follows";
    case ScanEnd::kIncompleteBatch:
      return "the batch is incomplete";
    case ScanEnd::kBadCrc:
      return "the batch does not fit its CRC";
  }
  return "unknown";
}

BatchScanner::BatchScanner(const File& file, std::int64_t position, std::int64_t limit,
                           Offset expected, Check check)
    : file_(file), limit_(limit), check_(check), position_(position), expected_(expected) {}

Result<bool> BatchScanner::Next(BatchPlace* batch) {
  if (position_ >= limit_) return StopAt(ScanEnd::kEndOfData);
  STRATA_TRY_ASSIGN(const std::string_view front, Peek(kBatchHeaderBytes));
  if (front.size() < kBatchHeaderBytes) {
    return StopAt(AllZero(front) ? ScanEnd::kZeroedTail : ScanEnd::kIncompleteHeader);
  }
  const Result<BatchHeader> header = ParseBatchHeader(front);
  if (!header) return StopAtBadHeader(front);
  if (header->base_offset != expected_) return StopAt(ScanEnd::kWrongOffset);
  if (static_cast<std::int64_t>(header->total_bytes()) > limit_ - position_) {
    return StopAt(ScanEnd::kIncompleteBatch);
  }
  if (check_ == Check::kCrc) {
    STRATA_TRY_ASSIGN(const std::string_view bytes, Peek(header->total_bytes()));
    if (bytes.size() < header->total_bytes()) return StopAt(ScanEnd::kIncompleteBatch);
    batch_ = bytes.substr(0, header->total_bytes());
    if (!BatchCrcMatches(batch_)) return StopAt(ScanEnd::kBadCrc);
  }
  *batch = {*header, position_};
  position_ = batch->end_position();
  expected_ = header->next_offset();
  return true;
}

Result<std::string_view> BatchScanner::Peek(std::size_t count) {
  const auto skipped = static_cast<std::size_t>(position_ - buffer_position_);
  if (skipped <= buffer_.size() && buffer_.size() - skipped >= count) {
    return std::string_view(buffer_).substr(skipped);
  }
  const std::size_t step = check_ == Check::kCrc ? kFullReadBytes : kHeaderReadBytes;
  const std::int64_t wanted =
      std::min<std::int64_t>(limit_ - position_, std::max<std::size_t>(count, step));
  buffer_.resize(static_cast<std::size_t>(wanted));
  buffer_position_ = position_;
  STRATA_TRY_ASSIGN(const std::size_t got, file_.Read(position_, buffer_.data(), buffer_.size()));
  buffer_.resize(got);
  return std::string_view(buffer_);
}

Result<bool> BatchScanner::StopAt(ScanEnd end) {
  end_ = end;
  return false;
}

Result<bool> BatchScanner::StopAtBadHeader(std::string_view front) {
  const bool foreign = IsOfAnotherVersion(front, expected_);
  STRATA_TRY_ASSIGN(const bool zeros, OnlyZerosFollow(front));
  if (zeros) return StopAt(ScanEnd::kZeroedTail);
  return StopAt(foreign ? ScanEnd::kUnknownVersion : ScanEnd::kBadHeader);
}

Result<bool> BatchScanner::OnlyZerosFollow(std::string_view ahead) {
  if (!AllZero(ahead)) return false;
  std::string chunk;
  for (auto at = position_ + static_cast<std::int64_t>(ahead.size()); at < limit_;) {
    chunk.resize(static_cast<std::size_t>(std::min<std::int64_t>(limit_ - at, kFullReadBytes)));
    STRATA_TRY_ASSIGN(const std::size_t got, file_.Read(at, chunk.data(), chunk.size()));
    if (got == 0) break;
    if (!AllZero(std::string_view(chunk).substr(0, got))) return false;
    at += static_cast<std::int64_t>(got);
  }
  return true;
}

}  // namespace strata::storage
