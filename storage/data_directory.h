// The directory that a broker's data live in: makes it, or makes sure that it is Strata's, of a
// format that this build knows, and that no other broker uses it.
//
// Making one takes several steps; FORMAT.new is there from the first to the last, when it becomes
// FORMAT. So a directory with neither was never ours, and what an interrupted making left behind
// is known to hold nothing yet.
#pragma once

#include <memory>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage {

class DataDirectory {
 public:
  // The format that this build reads and writes.
  static constexpr int kFormatVersion = 1;

  // Locks it until the object is gone. `file_system` must outlive the object.
  // DATA_DIR_UNUSABLE, DATA_DIR_IN_USE, DATA_DIR_NEWER_FORMAT, DISK_FULL.
  static Result<DataDirectory> Open(FileSystem& file_system, const std::string& path);

  // Whether the directory says that it is of a format that this build knows. Changes nothing and
  // takes no lock. DATA_DIR_UNUSABLE (it says something else, or nothing), DATA_DIR_NEWER_FORMAT.
  static Result<void> CheckFormat(FileSystem& file_system, const std::string& path);

  // It holds nothing yet. Fill it, then call FinishMaking.
  bool fresh() const { return fresh_; }

  // From now on what is in it counts. All of that must be durable. DISK_FULL, IO_ERROR.
  Result<void> FinishMaking();

  // The path of an entry in it.
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  DataDirectory(FileSystem& file_system, std::string path, std::unique_ptr<FileLock> lock);

  Result<void> BeginMaking();

  FileSystem* file_system_;
  std::string path_;
  std::unique_ptr<FileLock> lock_;
  bool fresh_ = false;
};

}  // namespace strata::storage
