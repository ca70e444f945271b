// The segment files that readers have open: a bounded number, the one used longest ago goes first.
// The log writers keep files of their own.
//
// Threads: any. A file that is forgotten, or deleted, stays readable for whoever holds it.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log_store.h"

namespace strata::storage {

class SegmentFiles {
 public:
  // `file_system` outlives this object. At least one file is kept.
  SegmentFiles(FileSystem& file_system, std::string data_dir, std::size_t max_open_files);

  // May wait for the disk. IO_ERROR: among others, because the file has been deleted.
  Result<std::shared_ptr<const File>> Get(PartitionId partition, Offset segment_base)
      STRATA_EXCLUDES(mutex_);

  // Closes a file, once nobody reads it any more.
  void Forget(PartitionId partition, Offset segment_base) STRATA_EXCLUDES(mutex_);

  std::size_t open_files() const STRATA_EXCLUDES(mutex_);

 private:
  struct Key {
    PartitionId partition;
    Offset segment_base;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  using Entry = std::pair<Key, std::shared_ptr<const File>>;
  using Uses = std::list<Entry>;  // the latest first

  FileSystem& file_system_;
  const std::string data_dir_;
  const std::size_t max_open_files_;

  mutable Mutex mutex_;
  Uses uses_ STRATA_GUARDED_BY(mutex_);
  std::unordered_map<Key, Uses::iterator, KeyHash> by_key_ STRATA_GUARDED_BY(mutex_);
  // How often something was forgotten: what was opened meanwhile may be what is gone.
  std::uint64_t forgotten_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::storage
