// A file system that fails when a test wants it to, counts what is asked of it, and can lose what
// was not synced, as a machine does that loses its power.
//
// It wraps the real one. For everything that changes a file it remembers how to undo it until a
// sync makes it durable; a new file or directory goes too unless its parent was synced. Removals
// and renames count as durable at once. A sync that fails loses what it was to save: a later one
// has nothing to do, as on Linux, and only what is written anew is saved.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/io/file_system.h"

namespace strata::testing {

class FaultyFileSystem : public storage::FileSystem {
 public:
  enum Operation {
    kOpen,
    kRead,
    kWrite,
    kAllocate,
    kTruncate,
    kSync,
    kSyncAll,
    kSyncDirectory,
    kOperations
  };

  // Called before each operation on a thread that may be any; an error becomes its result. A write
  // that fails has written half of its bytes. Set it while the file system is not used.
  std::function<Result<void>(Operation operation, const std::string& path)> fault;

  // The `nth` operation of this kind from now on fails, and every later one if `for_good`.
  void FailNth(Operation operation, std::uint64_t nth, ErrorCode code = ErrorCode::IO_ERROR,
               bool for_good = false) {
    MutexLock lock(mutex_);
    plans_[operation] = {counts_[operation] + nth, code, for_good};
  }
  void Heal() {
    MutexLock lock(mutex_);
    plans_ = {};
  }

  // What FreeBytes says from now on.
  void SetFreeBytes(std::int64_t bytes) {
    MutexLock lock(mutex_);
    free_bytes_ = bytes;
  }

  std::uint64_t count(Operation operation) {
    MutexLock lock(mutex_);
    return counts_[operation];
  }

  // Takes back whatever was not synced. No file may be open.
  void DropUnsynced() {
    MutexLock lock(mutex_);
    for (auto& [path, undos] : undos_) {
      if (new_files_.contains(path)) continue;
      auto file = base_.Open(path, OpenMode::kReadWrite);
      for (auto undo = undos.rbegin(); file && undo != undos.rend(); ++undo) {
        const std::array<std::string_view, 1> bytes{undo->bytes};
        if (!(*file)->Write(undo->position, bytes) || !(*file)->Truncate(undo->size)) std::abort();
      }
    }
    for (auto& [path, undos] : lost_) {
      auto file = base_.Open(path, OpenMode::kReadWrite);
      for (auto undo = undos.rbegin(); file && undo != undos.rend(); ++undo) {
        const std::array<std::string_view, 1> bytes{undo->bytes};
        if (!(*file)->Write(undo->position, bytes)) std::abort();
      }
    }
    for (const std::string& path : new_files_) {
      if (!base_.RemoveFile(path)) std::abort();
    }
    for (const std::string& path : new_directories_) {
      if (!base_.RemoveTree(path)) std::abort();
    }
    undos_.clear();
    lost_.clear();
    new_files_.clear();
    new_directories_.clear();
  }

  Result<std::unique_ptr<storage::File>> Open(const std::string& path, OpenMode mode) override {
    STRATA_TRY(Before(kOpen, path));
    STRATA_TRY_ASSIGN(auto file, base_.Open(path, mode));
    if (mode == OpenMode::kCreate) {
      MutexLock lock(mutex_);
      new_files_.insert(path);
    }
    return std::make_unique<FaultyFile>(*this, path, std::move(file));
  }

  Result<void> SyncAll(const std::string& directory) override {
    const Result<void> before = Before(kSyncAll, directory);
    MutexLock lock(mutex_);
    if (!before) {
      for (auto& [path, undos] : undos_) Lose(path, std::move(undos));
      undos_.clear();
      return before;
    }
    undos_.clear();
    new_files_.clear();
    new_directories_.clear();
    return Ok();
  }

  Result<void> SyncDirectory(const std::string& directory) override {
    STRATA_TRY(Before(kSyncDirectory, directory));
    MutexLock lock(mutex_);
    const auto in_directory = [&](const std::string& path) {
      return path.substr(0, path.rfind('/')) == directory;
    };
    std::erase_if(new_files_, in_directory);
    std::erase_if(new_directories_, in_directory);
    return Ok();
  }

  Result<void> CreateDirectory(const std::string& directory) override {
    STRATA_TRY_ASSIGN(const bool exists, base_.Exists(directory));
    STRATA_TRY(base_.CreateDirectory(directory));
    MutexLock lock(mutex_);
    if (!exists) new_directories_.insert(directory);
    return Ok();
  }
  Result<void> CreateDirectories(const std::string& directory) override {
    return base_.CreateDirectories(directory);
  }
  Result<std::vector<std::string>> List(const std::string& directory) override {
    return base_.List(directory);
  }
  Result<bool> Exists(const std::string& path) override { return base_.Exists(path); }
  Result<void> Rename(const std::string& from, const std::string& to) override {
    return base_.Rename(from, to);
  }
  Result<void> RemoveFile(const std::string& path) override { return base_.RemoveFile(path); }
  Result<void> RemoveTree(const std::string& path) override { return base_.RemoveTree(path); }
  Result<std::unique_ptr<storage::FileLock>> LockFile(const std::string& path) override {
    return base_.LockFile(path);
  }
  Result<std::uint64_t> DeviceOf(const std::string& path) override { return base_.DeviceOf(path); }
  Result<std::int64_t> FreeBytes(const std::string& path) override {
    MutexLock lock(mutex_);
    return free_bytes_ ? *free_bytes_ : base_.FreeBytes(path);
  }

 private:
  struct Plan {
    std::uint64_t at = 0;  // 0: never
    ErrorCode code = ErrorCode::IO_ERROR;
    bool for_good = false;
  };

  // How to take one change back: write `bytes` at `position`, then cut the file to `size`.
  struct Undo {
    std::int64_t position = 0;
    std::string bytes;
    std::int64_t size = 0;
  };

  class FaultyFile : public storage::File {
   public:
    FaultyFile(FaultyFileSystem& owner, std::string path, std::unique_ptr<storage::File> file)
        : owner_(owner), path_(std::move(path)), file_(std::move(file)) {}

    Result<void> Write(std::int64_t position,
                       std::span<const std::string_view> fragments) override {
      const Result<void> before = owner_.Before(kWrite, path_);
      std::string bytes;
      for (const std::string_view fragment : fragments) bytes.append(fragment);
      if (!before) bytes.resize(bytes.size() / 2);
      STRATA_TRY(Remember(position, bytes.size()));
      owner_.Replace(path_, position, bytes.size());
      const std::array<std::string_view, 1> whole{bytes};
      STRATA_TRY(file_->Write(position, whole));
      return before;
    }

    Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override {
      STRATA_TRY(owner_.Before(kRead, path_));
      return file_->Read(position, out, count);
    }

    Result<void> Allocate(std::int64_t size) override {
      STRATA_TRY(owner_.Before(kAllocate, path_));
      STRATA_TRY(Remember(0, 0));
      return file_->Allocate(size);
    }

    Result<void> Truncate(std::int64_t size) override {
      STRATA_TRY(owner_.Before(kTruncate, path_));
      STRATA_TRY_ASSIGN(const std::int64_t before, file_->Size());
      STRATA_TRY(
          Remember(size, static_cast<std::size_t>(std::max<std::int64_t>(before - size, 0))));
      return file_->Truncate(size);
    }

    Result<void> Sync() override {
      const Result<void> before = owner_.Before(kSync, path_);
      MutexLock lock(owner_.mutex_);
      if (!before) owner_.Lose(path_, std::move(owner_.undos_[path_]));
      owner_.undos_.erase(path_);
      return before;
    }

    Result<std::int64_t> Size() const override { return file_->Size(); }

   private:
    Result<void> Remember(std::int64_t position, std::size_t count) {
      Undo undo;
      undo.position = position;
      undo.bytes.resize(count);
      STRATA_TRY_ASSIGN(undo.size, file_->Size());
      STRATA_TRY_ASSIGN(const std::size_t got, file_->Read(position, undo.bytes.data(), count));
      undo.bytes.resize(got);
      MutexLock lock(owner_.mutex_);
      owner_.undos_[path_].push_back(std::move(undo));
      return Ok();
    }

    FaultyFileSystem& owner_;
    const std::string path_;
    const std::unique_ptr<storage::File> file_;
  };

  // What these would take back has not reached the disk, and the system does not know.
  void Lose(const std::string& path, std::vector<Undo> undos) STRATA_REQUIRES(mutex_) {
    for (Undo& undo : undos) {
      if (!undo.bytes.empty()) lost_[path].push_back(std::move(undo));
    }
  }

  // These bytes are written anew.
  void Replace(const std::string& path, std::int64_t position, std::size_t count)
      STRATA_EXCLUDES(mutex_) {
    const std::int64_t end = position + static_cast<std::int64_t>(count);
    MutexLock lock(mutex_);
    std::erase_if(lost_[path], [&](const Undo& undo) {
      return undo.position >= position &&
             undo.position + static_cast<std::int64_t>(undo.bytes.size()) <= end;
    });
  }

  Result<void> Before(Operation operation, const std::string& path) STRATA_EXCLUDES(mutex_) {
    if (fault) STRATA_TRY(fault(operation, path));
    MutexLock lock(mutex_);
    const std::uint64_t count = ++counts_[operation];
    const Plan& plan = plans_[operation];
    if (plan.at != 0 && (count == plan.at || (plan.for_good && count > plan.at))) {
      return Fail(plan.code, "injected failure of " + path);
    }
    return Ok();
  }

  storage::FileSystem& base_ = FileSystem::Real();

  Mutex mutex_;
  std::array<std::uint64_t, kOperations> counts_ STRATA_GUARDED_BY(mutex_){};
  std::array<Plan, kOperations> plans_ STRATA_GUARDED_BY(mutex_){};
  std::map<std::string, std::vector<Undo>> undos_ STRATA_GUARDED_BY(mutex_);  // by path
  std::map<std::string, std::vector<Undo>> lost_ STRATA_GUARDED_BY(mutex_);
  std::optional<std::int64_t> free_bytes_ STRATA_GUARDED_BY(mutex_);
  // Whose entries are not synced.
  std::set<std::string> new_files_ STRATA_GUARDED_BY(mutex_);
  std::set<std::string> new_directories_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::testing
