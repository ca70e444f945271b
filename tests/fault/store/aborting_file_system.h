// The machine's own file system, on which the process ends without a word before or after a chosen
// operation: what it has written stays with the system, as after any crash of a process.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <unistd.h>

#include "storage/io/file_system.h"
#include "tests/support/disk/operation.h"

namespace strata::testing {

struct Failpoint {
  Operation operation = Operation::kWrite;
  std::uint64_t nth = 1;
  bool after = false;  // the operation has happened
};

class AbortingFileSystem : public storage::FileSystem {
 public:
  static constexpr int kExitStatus = 77;

  explicit AbortingFileSystem(Failpoint point) : point_(point) {}

  Result<std::unique_ptr<storage::File>> Open(const std::string& path, OpenMode mode) override {
    const auto operation = mode == OpenMode::kCreate ? Operation::kCreate : Operation::kOpen;
    STRATA_TRY_ASSIGN(auto file, Around(operation, [&] { return base_.Open(path, mode); }));
    return std::make_unique<AbortingFile>(*this, std::move(file));
  }
  Result<void> SyncAll(const std::string& directory) override {
    return Around(Operation::kSyncAll, [&] { return base_.SyncAll(directory); });
  }
  Result<void> SyncDirectory(const std::string& directory) override {
    return Around(Operation::kSyncDirectory, [&] { return base_.SyncDirectory(directory); });
  }
  Result<void> CreateDirectory(const std::string& directory) override {
    return Around(Operation::kCreateDirectory, [&] { return base_.CreateDirectory(directory); });
  }
  Result<void> CreateDirectories(const std::string& directory) override {
    return Around(Operation::kCreateDirectory, [&] { return base_.CreateDirectories(directory); });
  }
  Result<std::vector<std::string>> List(const std::string& directory) override {
    return base_.List(directory);
  }
  Result<bool> Exists(const std::string& path) override { return base_.Exists(path); }
  Result<void> Rename(const std::string& from, const std::string& to) override {
    return Around(Operation::kRename, [&] { return base_.Rename(from, to); });
  }
  Result<void> RemoveFile(const std::string& path) override {
    return Around(Operation::kRemoveFile, [&] { return base_.RemoveFile(path); });
  }
  Result<void> RemoveTree(const std::string& path) override {
    return Around(Operation::kRemoveTree, [&] { return base_.RemoveTree(path); });
  }
  Result<std::unique_ptr<storage::FileLock>> LockFile(const std::string& path) override {
    return base_.LockFile(path);
  }
  Result<std::int64_t> FreeBytes(const std::string& path) override { return base_.FreeBytes(path); }

 private:
  class AbortingFile : public storage::File {
   public:
    AbortingFile(AbortingFileSystem& owner, std::unique_ptr<storage::File> file)
        : owner_(owner), file_(std::move(file)) {}

    Result<void> Write(std::int64_t position,
                       std::span<const std::string_view> fragments) override {
      return owner_.Around(Operation::kWrite, [&] { return file_->Write(position, fragments); });
    }
    Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override {
      return file_->Read(position, out, count);
    }
    Result<void> Allocate(std::int64_t size) override {
      return owner_.Around(Operation::kAllocate, [&] { return file_->Allocate(size); });
    }
    Result<void> Truncate(std::int64_t size) override {
      return owner_.Around(Operation::kTruncate, [&] { return file_->Truncate(size); });
    }
    Result<void> Sync() override {
      return owner_.Around(Operation::kSync, [&] { return file_->Sync(); });
    }
    Result<std::int64_t> Size() const override { return file_->Size(); }

   private:
    AbortingFileSystem& owner_;
    const std::unique_ptr<storage::File> file_;
  };

  template <class Call>
  std::invoke_result_t<Call> Around(Operation operation, const Call& call) {
    const bool here = operation == point_.operation && ++count_ == point_.nth;
    if (here && !point_.after) _exit(kExitStatus);
    auto result = call();
    if (here) _exit(kExitStatus);
    return result;
  }

  storage::FileSystem& base_ = FileSystem::Real();
  const Failpoint point_;
  std::atomic<std::uint64_t> count_ = 0;
};

}  // namespace strata::testing
