#include "storage/io/torn_tail.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace strata::storage {
namespace {

constexpr std::int64_t kChunkBytes = 1 << 20;

Result<std::string> ReadChunk(const File& file, std::int64_t position, std::int64_t end) {
  std::string chunk(static_cast<std::size_t>(std::min(end - position, kChunkBytes)), '\0');
  STRATA_TRY_ASSIGN(const std::size_t got, file.Read(position, chunk.data(), chunk.size()));
  chunk.resize(got);
  return chunk;
}

// The position behind the last byte that is not zero.
Result<std::int64_t> EndOfContent(const File& file, std::int64_t position, std::int64_t size) {
  std::int64_t end = position;
  while (position < size) {
    STRATA_TRY_ASSIGN(const std::string chunk, ReadChunk(file, position, size));
    if (chunk.empty()) break;
    const std::size_t last = chunk.find_last_not_of('\0');
    if (last != std::string::npos) end = position + static_cast<std::int64_t>(last) + 1;
    position += static_cast<std::int64_t>(chunk.size());
  }
  return end;
}

Result<std::string> UnusedPath(FileSystem& file_system, const std::string& path,
                               std::int64_t position) {
  const std::string first = path + ".cut-at-" + std::to_string(position);
  for (int attempt = 1;; ++attempt) {
    std::string aside = attempt == 1 ? first : first + "-" + std::to_string(attempt);
    STRATA_TRY_ASSIGN(const bool exists, file_system.Exists(aside));
    if (!exists) return aside;
  }
}

// Zeros at the end become a hole: they cost no space and are there all the same.
Result<void> Copy(const File& from, std::int64_t begin, std::int64_t end, File& to) {
  STRATA_TRY(to.Truncate(end - begin));
  STRATA_TRY_ASSIGN(const std::int64_t content_end, EndOfContent(from, begin, end));
  for (std::int64_t position = begin; position < content_end;) {
    STRATA_TRY_ASSIGN(const std::string chunk, ReadChunk(from, position, content_end));
    if (chunk.empty()) break;
    const std::array<std::string_view, 1> fragment{chunk};
    STRATA_TRY(to.Write(position - begin, fragment));
    position += static_cast<std::int64_t>(chunk.size());
  }
  return to.Sync();
}

}  // namespace

Result<std::string> CutTornTail(FileSystem& file_system, const std::string& path,
                                std::int64_t position) {
  STRATA_TRY_ASSIGN(auto file, file_system.Open(path, FileSystem::OpenMode::kReadWrite));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  STRATA_TRY_ASSIGN(const std::string path_aside, UnusedPath(file_system, path, position));
  Result<void> kept;
  {
    STRATA_TRY_ASSIGN(auto aside, file_system.Open(path_aside, FileSystem::OpenMode::kCreate));
    kept = Copy(*file, position, size, *aside);
  }
  if (kept) kept = file_system.SyncDirectory(path.substr(0, path.rfind('/')));
  if (!kept) {
    // The file still has it all; half a copy for each attempt would only fill the disk.
    (void)file_system.RemoveFile(path_aside);
    return Fail(kept.error());
  }
  STRATA_TRY(file->Truncate(position));
  STRATA_TRY(file->Sync());
  return path_aside;
}

Result<void> SetAside(FileSystem& file_system, const std::string& path,
                      const std::string& original) {
  STRATA_TRY_ASSIGN(const std::string path_aside, UnusedPath(file_system, original, 0));
  return file_system.Rename(path, path_aside);
}

}  // namespace strata::storage
