// The machine's own file system; FileSystem::Real() hands out the one instance.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "proto/base/mutex.h"
#include "storage/io/file_system.h"
#include "storage/io/unique_fd.h"

namespace strata::storage {

class RealFileSystem : public FileSystem {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Result<void> SyncAll(const std::string& directory) override;
  Result<void> SyncDirectory(const std::string& directory) override;
  Result<void> CreateDirectory(const std::string& directory) override;
  Result<void> CreateDirectories(const std::string& directory) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<void> Rename(const std::string& from, const std::string& to) override;
  Result<void> RemoveFile(const std::string& path) override;
  Result<void> RemoveTree(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> LockFile(const std::string& path) override;
  Result<std::uint64_t> DeviceOf(const std::string& path) override;
  Result<std::int64_t> FreeBytes(const std::string& path) override;

 private:
  // A descriptor on the file system that holds `directory`; stays open for ever.
  Result<int> DescriptorFor(const std::string& directory);

  // Held while directories are made, so that nobody relies on one whose entry is not yet synced.
  Mutex creation_mutex_;

  Mutex descriptors_mutex_;
  // The kernel reports a failed write-back to each descriptor that was open when it happened, and
  // may keep it from those opened later. So one stays open for each file system.
  std::map<dev_t, UniqueFd> descriptors_ STRATA_GUARDED_BY(descriptors_mutex_);
};

}  // namespace strata::storage
