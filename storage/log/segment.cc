#include "storage/log/segment.h"

#include <algorithm>
#include <array>
#include <utility>

namespace strata::storage {
namespace {

constexpr std::int64_t kFirstStepBytes = 64 << 10;
constexpr std::int64_t kLastStepBytes = 16 << 20;

// Zeros are written up to the next multiple of it, behind appends of at most half of it: larger
// ones would reach beyond the zeros nearly each time.
constexpr std::int64_t kZerosBytes = 64 << 10;
constexpr std::array<char, kZerosBytes> kZeros{};

}  // namespace

Segment::Segment(std::unique_ptr<File> file, std::int64_t size_bytes, std::int64_t reserved_bytes)
    : file_(std::move(file)),
      size_bytes_(size_bytes),
      written_bytes_(size_bytes),
      reserved_bytes_(reserved_bytes),
      step_bytes_(std::clamp(reserved_bytes, kFirstStepBytes, kLastStepBytes)) {}

Result<Segment> Segment::Create(FileSystem& file_system, const std::string& path) {
  STRATA_TRY_ASSIGN(auto file, file_system.Open(path, FileSystem::OpenMode::kCreate));
  return Segment(std::move(file), 0, 0);
}

Result<Segment> Segment::Reopen(FileSystem& file_system, const std::string& path,
                                std::int64_t size_bytes) {
  STRATA_TRY_ASSIGN(auto file, file_system.Open(path, FileSystem::OpenMode::kReadWrite));
  STRATA_TRY_ASSIGN(const std::int64_t length, file->Size());
  if (length < size_bytes) {
    return Fail(ErrorCode::IO_ERROR, "'" + path + "' has " + std::to_string(length) +
                                         " bytes instead of " + std::to_string(size_bytes));
  }
  return Segment(std::move(file), size_bytes, length);
}

Result<void> Segment::Reserve(std::int64_t bytes, std::int64_t limit_bytes,
                              const DiskReserve& reserve) {
  const std::int64_t needed = size_bytes_ + bytes;
  if (needed <= reserved_bytes_) return Ok();
  const std::int64_t wanted =
      std::max(needed, std::min(reserved_bytes_ + step_bytes_, limit_bytes));
  Result<void> grown = Grow(wanted, reserve);
  if (grown) {
    step_bytes_ = std::min(step_bytes_ * 2, kLastStepBytes);
  } else if (wanted > needed) {
    grown = Grow(needed, reserve);
  }
  if (grown) {
    reserve.NoteAdmission();
  } else if (grown.error().code == ErrorCode::DISK_FULL) {
    reserve.NoteRefusal(needed - reserved_bytes_, grown.error());
  }
  return grown;
}

Result<void> Segment::Grow(std::int64_t length, const DiskReserve& reserve) {
  STRATA_TRY(reserve.Admit(length - reserved_bytes_));
  STRATA_TRY(file_->Allocate(length));
  reserved_bytes_ = length;
  return Ok();
}

Result<void> Segment::Append(std::span<const std::string_view> fragments, std::int64_t bytes,
                             Zeros zeros) {
  STRATA_TRY(file_->Write(size_bytes_, fragments));
  size_bytes_ += bytes;
  reserved_bytes_ = std::max(reserved_bytes_, size_bytes_);
  const bool first = !std::exchange(appended_, true);
  if (size_bytes_ <= written_bytes_) return Ok();
  written_bytes_ = size_bytes_;
  const bool small = bytes <= kZerosBytes / 2;
  return zeros == Zeros::kAhead && small && !first ? WriteZerosAhead() : Ok();
}

Result<void> Segment::WriteZerosAhead() {
  const std::int64_t multiple = (size_bytes_ + kZerosBytes - 1) / kZerosBytes * kZerosBytes;
  const std::int64_t end = std::min(multiple, reserved_bytes_);
  if (end <= size_bytes_) return Ok();
  const std::string_view zeros(kZeros.data(), static_cast<std::size_t>(end - size_bytes_));
  STRATA_TRY(file_->Write(size_bytes_, {&zeros, 1}));
  written_bytes_ = end;
  return Ok();
}

Result<void> Segment::Sync() {
  return file_->Sync();
}

Result<void> Segment::Seal() {
  STRATA_TRY(file_->Truncate(size_bytes_));
  reserved_bytes_ = size_bytes_;
  return file_->Sync();
}

}  // namespace strata::storage
