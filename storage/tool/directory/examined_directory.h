// A data directory that is looked at and not changed: no file in it is made, written or removed.
//
// While it is open no broker can start on it: a shared lock is held on LOCK. Where that file is
// missing no broker has ever run, and there is nothing to lock.
#pragma once

#include <memory>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage::tool {

class ExaminedDirectory {
 public:
  // DATA_DIR_UNUSABLE (not a directory, or nothing in it is Strata's), DATA_DIR_IN_USE,
  // DATA_DIR_NEWER_FORMAT, IO_ERROR.
  static Result<ExaminedDirectory> Open(const std::string& path);

  const std::string& path() const { return path_; }
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

  // DATA_DIR_UNUSABLE: the file FORMAT is damaged or missing, but the rest looks like Strata's.
  const Result<void>& format() const { return format_; }

  // Read-only. CORRUPT_LOG, IO_ERROR.
  Result<std::unique_ptr<RocksDb>> OpenTruth() const;
  Result<std::unique_ptr<RocksDb>> OpenIndex() const;

 private:
  ExaminedDirectory(std::string path, std::unique_ptr<FileLock> lock, Result<void> format);

  std::string path_;
  std::unique_ptr<FileLock> lock_;
  Result<void> format_;
};

// The families of the database of truth.
std::vector<std::string> TruthFamilies();

}  // namespace strata::storage::tool
