#include "storage/rocks/rocks_file_system.h"

#include <optional>
#include <utility>

#include <rocksdb/env.h>

#include "storage/rocks/rocks_file.h"
#include "storage/rocks/synced_marks.h"
#include "storage/rocks/table_check.h"

namespace strata::storage {

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class RocksDirectory : public rocksdb::FSDirectory {
 public:
  RocksDirectory(FileSystem& files, std::string path, SyncedMarks* marks)
      : files_(files), path_(std::move(path)), marks_(marks) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return ToIoStatus(Sync()); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  Result<void> Sync() {
    if (!marks_) return files_.SyncDirectory(path_);
    const auto unnamed = marks_->unnamed();
    STRATA_TRY(files_.SyncDirectory(path_));
    return marks_->Named(unnamed);
  }

  FileSystem& files_;
  const std::string path_;
  SyncedMarks* const marks_;
};

class RocksLock : public rocksdb::FileLock {
 public:
  explicit RocksLock(std::unique_ptr<storage::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  const std::unique_ptr<storage::FileLock> lock_;
};

class RocksFileSystem : public rocksdb::FileSystem {
 public:
  RocksFileSystem(storage::FileSystem& files, SyncedMarks* marks) : files_(files), marks_(marks) {}

  const char* Name() const override { return "StrataFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    std::unique_ptr<File> file;
    const IOStatus opened = OpenExisting(path, &file);
    if (opened.ok()) *result = std::make_unique<RocksSequentialFile>(std::move(file));
    return opened;
  }

  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    std::unique_ptr<File> file;
    if (const IOStatus opened = OpenExisting(path, &file); !opened.ok()) return opened;
    if (path.ends_with(".sst")) {
      const Result<void> sound = CheckTable(*file);
      if (!sound) {
        return ToIoStatus({sound.error().code, "'" + path + "': " + sound.error().message});
      }
    }
    *result = std::make_unique<RocksRandomAccessFile>(std::move(file));
    return IOStatus::OK();
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    if (const auto removed = Remove(path); !removed) return ToIoStatus(removed);
    auto file = files_.Open(path, storage::FileSystem::OpenMode::kCreate);
    if (!file) return ToIoStatus(file.error());
    RocksWritableFile::OnSynced on_synced;
    if (const auto number = MarkedNumber(path)) {
      on_synced = [this, number = *number](std::int64_t bytes) {
        return marks_->Synced(number, bytes);
      };
    }
    *result = std::make_unique<RocksWritableFile>(options, std::move(*file), std::move(on_synced));
    return IOStatus::OK();
  }

  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    const IOStatus found = Find(path);
    if (found.ok()) *result = std::make_unique<RocksDirectory>(files_, path, marks_);
    return found;
  }

  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    const auto exists = files_.Exists(path);
    if (!exists) return ToIoStatus(exists.error());
    return *exists ? IOStatus::OK() : IOStatus::NotFound();
  }

  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    result->clear();
    if (const IOStatus found = Find(path); !found.ok()) return found;
    auto names = files_.List(path);
    if (!names) return ToIoStatus(names.error());
    *result = std::move(*names);
    return IOStatus::OK();
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToIoStatus(Remove(path));
  }

  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToIoStatus(files_.CreateDirectories(path));
  }

  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToIoStatus(files_.CreateDirectories(path));
  }

  IOStatus DeleteDir(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("DeleteDir");
  }

  IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* size,
                       IODebugContext*) override {
    *size = 0;
    std::unique_ptr<File> file;
    if (const IOStatus opened = OpenExisting(path, &file); !opened.ok()) return opened;
    const auto length = file->Size();
    if (!length) return ToIoStatus(length.error());
    *size = static_cast<std::uint64_t>(*length);
    return IOStatus::OK();
  }

  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t*,
                                   IODebugContext*) override {
    return IOStatus::NotSupported("GetFileModificationTime");
  }

  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return ToIoStatus(files_.Rename(from, to));
  }

  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    *lock = nullptr;
    auto taken = files_.LockFile(path);
    if (!taken) return ToIoStatus(taken.error());
    *lock = std::make_unique<RocksLock>(std::move(*taken)).release();
    return IOStatus::OK();
  }

  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete lock;
    return IOStatus::OK();
  }

  IOStatus GetTestDirectory(const IOOptions&, std::string*, IODebugContext*) override {
    return IOStatus::NotSupported("GetTestDirectory");
  }

  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }

  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                       IODebugContext*) override {
    *is_directory = files_.List(path).has_value();
    return *is_directory ? IOStatus::OK() : Find(path);
  }

 private:
  // The number under which a file is marked, if it is.
  std::optional<std::uint64_t> MarkedNumber(const std::string& path) const {
    return marks_ ? SyncedMarks::NumberOf(path) : std::nullopt;
  }

  Result<void> Remove(const std::string& path) {
    if (const auto number = MarkedNumber(path)) STRATA_TRY(marks_->Forget(*number));
    return files_.RemoveFile(path);
  }

  // RocksDB tells a file that is missing from one that cannot be opened.
  IOStatus Find(const std::string& path) {
    const auto exists = files_.Exists(path);
    if (!exists) return ToIoStatus(exists.error());
    return *exists ? IOStatus::OK() : IOStatus::PathNotFound("'" + path + "' is missing");
  }

  IOStatus OpenExisting(const std::string& path, std::unique_ptr<File>* file) {
    auto opened = files_.Open(path, storage::FileSystem::OpenMode::kReadOnly);
    if (opened) {
      *file = std::move(*opened);
      return IOStatus::OK();
    }
    const IOStatus found = Find(path);
    return found.ok() ? ToIoStatus(opened.error()) : found;
  }

  storage::FileSystem& files_;
  SyncedMarks* const marks_;  // may be null
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeRocksEnv(FileSystem& files, SyncedMarks* marks) {
  return rocksdb::NewCompositeEnv(std::make_shared<RocksFileSystem>(files, marks));
}

}  // namespace strata::storage
