#include "storage/tool/walk/patched_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace strata::storage::tool {
namespace {

constexpr std::int64_t kBlockBytes = 4096;

// No batch begins like this, and the space that is reserved behind them is zeros.
constexpr char kPatch = '\xff';

Result<void> OnlyToBeRead() {
  return Fail(ErrorCode::IO_ERROR, "the file is only to be read");
}

}  // namespace

Result<std::size_t> PatchedFile::Read(std::int64_t position, char* out, std::size_t count) const {
  if (const auto got = file_.Read(position, out, count)) return *got;
  const std::int64_t end =
      std::min(position + static_cast<std::int64_t>(count), std::max(size_bytes_, position));
  for (std::int64_t at = position; at < end;) {
    const std::int64_t next = std::min(end, (at / kBlockBytes + 1) * kBlockBytes);
    ReadBlock(at, out + (at - position), static_cast<std::size_t>(next - at));
    at = next;
  }
  return static_cast<std::size_t>(end - position);
}

void PatchedFile::ReadBlock(std::int64_t position, char* out, std::size_t count) const {
  std::memset(out, kPatch, count);
  if (IsKnown(position)) return;
  const auto got = file_.Read(position, out, count);
  if (got) return;
  std::memset(out, kPatch, count);
  Note(position / kBlockBytes * kBlockBytes, got.error().message);
}

bool PatchedFile::IsKnown(std::int64_t position) const {
  return std::any_of(unreadable_.begin(), unreadable_.end(), [&](const UnreadablePart& part) {
    return part.position <= position && position < part.position + part.bytes;
  });
}

void PatchedFile::Note(std::int64_t block, std::string why) const {
  const std::int64_t bytes = std::min(kBlockBytes, size_bytes_ - block);
  const auto next = std::find_if(unreadable_.begin(), unreadable_.end(),
                                 [&](const UnreadablePart& part) { return part.position > block; });
  if (next != unreadable_.begin() && (next - 1)->position + (next - 1)->bytes == block) {
    (next - 1)->bytes += bytes;
  } else {
    unreadable_.insert(next, {block, bytes, std::move(why)});
  }
}

Result<void> PatchedFile::Write(std::int64_t, std::span<const std::string_view>) {
  return OnlyToBeRead();
}
Result<void> PatchedFile::Allocate(std::int64_t) {
  return OnlyToBeRead();
}
Result<void> PatchedFile::Truncate(std::int64_t) {
  return OnlyToBeRead();
}
Result<void> PatchedFile::Sync() {
  return OnlyToBeRead();
}

}  // namespace strata::storage::tool
