// A data directory with the databases that a local log store needs, for tests.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "storage/log/local_log_store.h"
#include "storage/log/segment_name.h"
#include "storage/rocks/rocks_db.h"
#include "tests/support/temp_dir.h"

namespace strata::testing {

class LogPlace {
 public:
  LogPlace() : own_dir_(std::make_unique<TempDir>()), path_(own_dir_->path()) {}
  // In a directory that is there, and stays when this goes.
  explicit LogPlace(std::string path) : path_(std::move(path)) {}
  // On a disk of the test's own, which outlives it.
  explicit LogPlace(storage::FileSystem& file_system) : path_("/data"), file_system_(&file_system) {
    EXPECT_TRUE(file_system.CreateDirectories(path_).has_value());
  }

  // Opens the store; the one opened before must be gone. What in `options` names the place is
  // filled in, but for the file system that the segments go through if a test gives its own.
  Result<std::unique_ptr<storage::LogStore>> TryOpen(storage::LocalLogStoreOptions options = {}) {
    OpenDatabases();
    options.data_dir = path_;
    options.state = state_.get();
    options.index = index_.get();
    if (file_system_ != &storage::FileSystem::Real()) options.file_system = file_system_;
    return storage::OpenLocalLogStore(options);
  }

  std::unique_ptr<storage::LogStore> Open(const storage::LocalLogStoreOptions& options = {}) {
    auto store = TryOpen(options);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return std::move(*store);
  }

  void OpenDatabases() {
    state_.reset();
    index_.reset();
    state_ = OpenDatabase("meta", storage::RocksDbOptions::Kind::kTruth, storage::kLogStateFamily);
    index_ =
        OpenDatabase("index", storage::RocksDbOptions::Kind::kIndex, storage::kOffsetIndexFamily);
  }

  void CloseDatabases() {
    state_.reset();
    index_.reset();
  }

  storage::RocksDb& state() { return *state_; }
  storage::RocksDb& index() { return *index_; }

  const std::string& path() const { return path_; }
  std::string SegmentPath(storage::PartitionId partition, Offset base_offset) const {
    return storage::SegmentPath(path_, partition, base_offset);
  }

 private:
  std::unique_ptr<storage::RocksDb> OpenDatabase(const std::string& name,
                                                 storage::RocksDbOptions::Kind kind,
                                                 const std::string& family) {
    auto opened =
        storage::RocksDb::Open({path_ + "/" + name, kind, {family}, /*create=*/true, file_system_});
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return std::move(*opened);
  }

  std::unique_ptr<TempDir> own_dir_;
  std::string path_;
  storage::FileSystem* file_system_ = &storage::FileSystem::Real();
  std::unique_ptr<storage::RocksDb> state_;
  std::unique_ptr<storage::RocksDb> index_;
};

}  // namespace strata::testing
