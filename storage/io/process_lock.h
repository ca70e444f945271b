// An exclusive lock on a file by way of flock(2): gone when the process is, however it ends.
#pragma once

#include <memory>
#include <string>

#include "storage/io/file_system.h"
#include "storage/io/unique_fd.h"

namespace strata::storage {

class ProcessLock : public FileLock {
 public:
  // Makes the file if need be and writes the number of this process into it, for people to read.
  // The file stays when the lock goes. DATA_DIR_IN_USE: held already, by this process or another;
  // the message names the directory and the process. DISK_FULL, IO_ERROR.
  static Result<std::unique_ptr<FileLock>> Take(const std::string& path);

  // For those who only look: keeps others from taking the lock, may be held by several at once, and
  // neither makes nor changes the file, which must be there. DATA_DIR_IN_USE: somebody has taken
  // it. IO_ERROR.
  static Result<std::unique_ptr<FileLock>> Share(const std::string& path);

  explicit ProcessLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  const UniqueFd fd_;
};

}  // namespace strata::storage
