#include "storage/log/cleaning/swap_files.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "storage/log/segment_name.h"
#include "storage/log/segment_survey.h"

namespace strata::storage {
namespace {

// Nothing if there is no such file.
Result<std::optional<std::int64_t>> SizeOf(FileSystem& file_system, const std::string& path) {
  STRATA_TRY_ASSIGN(const bool exists, file_system.Exists(path));
  if (!exists) return std::nullopt;
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kReadOnly));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  return size;
}

// Whether the file holds all offsets from `begin` up to `end`, intact.
Result<bool> Holds(FileSystem& file_system, const std::string& path, Offset begin, Offset end) {
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kReadOnly));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  STRATA_TRY_ASSIGN(const SegmentSurvey survey,
                    SurveySegment(*file, {begin, begin, 0, size, end}, [](const BatchPlace&) {}));
  return survey.next_offset == end;
}

// The base offsets of the segments whose offsets were promised, in order.
Result<std::vector<Offset>> ListOriginals(FileSystem& file_system, const std::string& directory,
                                          const SealedSegment& promised) {
  STRATA_TRY_ASSIGN(const auto names, file_system.List(directory));
  std::vector<Offset> bases;
  for (const std::string& name : names) {
    const auto base = ParseSegmentFileName(name);
    if (base && *base >= promised.base_offset && *base < promised.next_offset) {
      bases.push_back(*base);
    }
  }
  return bases;
}

Result<bool> OriginalsAreWhole(FileSystem& file_system, const std::string& directory,
                               const SealedSegment& promised, Offset log_start) {
  STRATA_TRY_ASSIGN(std::vector<Offset> bases, ListOriginals(file_system, directory, promised));
  const Offset first = std::max(promised.base_offset, log_start);
  if (bases.empty() || bases.front() > first) return false;
  bases.push_back(promised.next_offset);
  for (std::size_t i = 0; i + 1 < bases.size(); ++i) {
    const std::string path = directory + "/" + SegmentFileName(bases[i]);
    const auto whole = Holds(file_system, path, bases[i], bases[i + 1]);
    if (!whole || !*whole) return false;
  }
  return true;
}

}  // namespace

Result<SwapFiles> InspectSwap(FileSystem& file_system, const std::string& data_dir,
                              PartitionId partition, const SealedSegment& promised,
                              Offset log_start) {
  const std::string rewritten =
      RewrittenPath(data_dir, partition, promised.base_offset, promised.generation);
  const std::string in_place = SegmentPath(data_dir, partition, promised.base_offset);
  SwapFiles files;
  STRATA_TRY_ASSIGN(files.size_in_place, SizeOf(file_system, in_place));
  STRATA_TRY_ASSIGN(const auto size, SizeOf(file_system, rewritten));
  if (!size) return files;
  const auto whole = Holds(file_system, rewritten, promised.base_offset, promised.next_offset);
  if (size == promised.size_bytes && whole && *whole) {
    files.waiting = SwapFiles::Waiting::kWhole;
    return files;
  }
  files.waiting = SwapFiles::Waiting::kDamaged;
  STRATA_TRY_ASSIGN(
      files.originals_whole,
      OriginalsAreWhole(file_system, PartitionDirectory(data_dir, partition), promised, log_start));
  return files;
}

}  // namespace strata::storage
