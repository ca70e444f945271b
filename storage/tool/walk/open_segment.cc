#include "storage/tool/walk/open_segment.h"

#include <filesystem>
#include <limits>

#include "storage/log/intact_batch.h"
#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

constexpr OffsetRange kAnyOffset{0, std::numeric_limits<Offset>::max()};

// Of the first batch; 0 if there is none.
Result<Offset> FirstOffset(const File& file, std::int64_t size_bytes) {
  std::string front(kBatchHeaderBytes, '\0');
  STRATA_TRY_ASSIGN(const std::size_t got, file.Read(0, front.data(), front.size()));
  if (const auto header = ParseBatchHeader(front.substr(0, got))) return header->base_offset;
  STRATA_TRY_ASSIGN(const auto batch,
                    FindIntactBatch(file, 0, size_bytes, kAnyOffset.first, kAnyOffset.end));
  return batch ? batch->header.base_offset : 0;
}

}  // namespace

Result<OpenedSegment> OpenSegment(const std::string& path) {
  OpenedSegment segment;
  STRATA_TRY_ASSIGN(segment.file, FileSystem::Real().Open(path, FileSystem::OpenMode::kReadOnly));
  STRATA_TRY_ASSIGN(segment.size_bytes, segment.file->Size());
  segment.offsets = kAnyOffset;
  if (const auto base = ParseSegmentFileName(std::filesystem::path(path).filename().string())) {
    segment.offsets.first = *base;
    return segment;
  }
  STRATA_TRY_ASSIGN(segment.offsets.first, FirstOffset(*segment.file, segment.size_bytes));
  return segment;
}

}  // namespace strata::storage::tool
