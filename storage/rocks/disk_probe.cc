#include "storage/rocks/disk_probe.h"

#include <memory>
#include <span>
#include <string_view>

namespace strata::storage {

namespace {

// For manifests, marks and new logs.
constexpr std::int64_t kSmallFilesBytes = 1 << 20;
constexpr std::size_t kProbeBytes = 4096;

Result<std::int64_t> BytesOfLogs(FileSystem& file_system, const std::string& directory) {
  std::int64_t bytes = 0;
  STRATA_TRY_ASSIGN(const auto names, file_system.List(directory));
  for (const std::string& name : names) {
    if (!name.ends_with(".log")) continue;
    STRATA_TRY_ASSIGN(const auto file,
                      file_system.Open(directory + "/" + name, FileSystem::OpenMode::kReadOnly));
    STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
    bytes += size;
  }
  return bytes;
}

Result<void> WriteProbe(FileSystem& file_system, const std::string& path) {
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kCreate));
  const std::string content(kProbeBytes, 'x');
  const std::string_view view = content;
  STRATA_TRY(file->Write(0, std::span(&view, 1)));
  return file->Sync();
}

}  // namespace

Result<void> CheckCanReopen(FileSystem& file_system, const std::string& directory) {
  STRATA_TRY_ASSIGN(const std::int64_t logs, BytesOfLogs(file_system, directory));
  STRATA_TRY_ASSIGN(const std::int64_t free, file_system.FreeBytes(directory));
  const std::int64_t needed = logs + kSmallFilesBytes;
  if (free < needed) {
    return Fail(ErrorCode::DISK_FULL, "the disk of '" + directory + "' has " +
                                          std::to_string(free) + " bytes left; it takes " +
                                          std::to_string(needed) + " to open it anew");
  }
  const std::string probe = directory + "/" + kProbeFile;
  STRATA_TRY(file_system.RemoveFile(probe));
  const Result<void> written = WriteProbe(file_system, probe);
  const Result<void> removed = file_system.RemoveFile(probe);
  return written ? removed : written;
}

}  // namespace strata::storage
