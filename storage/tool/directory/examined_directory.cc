#include "storage/tool/directory/examined_directory.h"

#include <utility>

#include "storage/cursors/cursor_codec.h"
#include "storage/data_directory.h"
#include "storage/index/offset_index.h"
#include "storage/io/process_lock.h"
#include "storage/log/log_state.h"
#include "storage/log/segment_name.h"
#include "storage/metadata/metadata_codec.h"

namespace strata::storage::tool {
namespace {

constexpr char kLockFile[] = "/LOCK";

Result<std::unique_ptr<FileLock>> LockIfUsed(const std::string& path) {
  STRATA_TRY_ASSIGN(const bool used, FileSystem::Real().Exists(path + kLockFile));
  if (!used) return nullptr;
  return ProcessLock::Share(path + kLockFile);
}

Result<bool> HoldsData(const std::string& path) {
  STRATA_TRY_ASSIGN(const bool truth, FileSystem::Real().Exists(path + "/meta"));
  STRATA_TRY_ASSIGN(const bool logs, FileSystem::Real().Exists(TopicsDirectory(path)));
  return truth || logs;
}

}  // namespace

ExaminedDirectory::ExaminedDirectory(std::string path, std::unique_ptr<FileLock> lock,
                                     Result<void> format)
    : path_(std::move(path)), lock_(std::move(lock)), format_(std::move(format)) {}

Result<ExaminedDirectory> ExaminedDirectory::Open(const std::string& path) {
  if (const auto names = FileSystem::Real().List(path); !names) {
    return Fail(ErrorCode::DATA_DIR_UNUSABLE, names.error().message);
  }
  STRATA_TRY_ASSIGN(auto lock, LockIfUsed(path));
  Result<void> format = DataDirectory::CheckFormat(FileSystem::Real(), path);
  if (!format) {
    STRATA_TRY_ASSIGN(const bool holds_data, HoldsData(path));
    if (format.error().code == ErrorCode::DATA_DIR_NEWER_FORMAT || !holds_data) {
      return Fail(format.error());
    }
  }
  return ExaminedDirectory(path, std::move(lock), std::move(format));
}

Result<std::unique_ptr<RocksDb>> ExaminedDirectory::OpenTruth() const {
  RocksDbOptions options;
  options.directory = PathOf("meta");
  options.kind = RocksDbOptions::Kind::kTruth;
  options.families = TruthFamilies();
  options.read_only = true;
  return RocksDb::Open(options);
}

Result<std::unique_ptr<RocksDb>> ExaminedDirectory::OpenIndex() const {
  RocksDbOptions options;
  options.directory = PathOf("index");
  options.kind = RocksDbOptions::Kind::kIndex;
  options.families = {kOffsetIndexFamily};
  options.read_only = true;
  return RocksDb::Open(options);
}

std::vector<std::string> TruthFamilies() {
  return {kMetadataFamily, kCursorFamily, kLogStateFamily};
}

}  // namespace strata::storage::tool
