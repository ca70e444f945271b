// The file layer: everything that storage does to a file or directory goes through here, so that a
// test can stand in for the disk and lose, tear or refuse what a real one might.
//
// Paths are absolute or relative to the working directory; no method interprets `~`. Errors:
// DISK_FULL for ENOSPC and EDQUOT, IO_ERROR for everything else; the message names the operation,
// the path and the system's words. After a failed write or Sync of a file, what is on disk is
// unknown: do not retry, close it and verify what it holds.
//
// Threads: FileSystem may be used from any thread; a file from one thread at a time, except that
// Read and Sync may run beside anything. A Sync covers what was written before it was called.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"

namespace strata::storage {

// An open file; closed by its destructor, which syncs nothing.
class File {
 public:
  virtual ~File() = default;

  // Writes the fragments one behind the other at `position`: all of them, or an error.
  virtual Result<void> Write(std::int64_t position,
                             std::span<const std::string_view> fragments) = 0;

  // Reads up to `count` bytes into `out`; returns how many there were before the end of the file.
  virtual Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const = 0;

  // Makes the file at least `size` bytes long, filled up with zeros, with space reserved on disk.
  virtual Result<void> Allocate(std::int64_t size) = 0;

  virtual Result<void> Truncate(std::int64_t size) = 0;

  // Data and the size needed to read it are on disk when this returns (fdatasync).
  virtual Result<void> Sync() = 0;

  virtual Result<std::int64_t> Size() const = 0;
};

// Held while it lives; see FileSystem::LockFile.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class FileSystem {
 public:
  enum class OpenMode {
    kReadOnly,   // must exist
    kReadWrite,  // must exist
    kCreate,     // must not exist; its directory entry is durable only after SyncDirectory
  };

  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;

  // Everything written to the file system that holds `directory` is on disk when this returns,
  // directory entries included (syncfs). Costs less than many single Syncs. Also reports failures
  // of other files there. Call it once before the first write that it is to vouch for: failures are
  // sure to be seen only from the first call for that file system on.
  virtual Result<void> SyncAll(const std::string& directory) = 0;

  // Creations, renames and removals in `directory` are on disk when this returns.
  virtual Result<void> SyncDirectory(const std::string& directory) = 0;

  // Makes one directory in a parent that is there. Its entry is durable only after SyncDirectory of
  // the parent, or SyncAll. Succeeds if it is there.
  virtual Result<void> CreateDirectory(const std::string& directory) = 0;

  // Makes a directory and its missing parents, durably. Succeeds if it is there.
  virtual Result<void> CreateDirectories(const std::string& directory) = 0;

  // Names of the entries in a directory, without "." and "..", in order.
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;

  virtual Result<bool> Exists(const std::string& path) = 0;

  // Replaces `to` if it exists.
  virtual Result<void> Rename(const std::string& from, const std::string& to) = 0;

  // Removing what is not there succeeds.
  virtual Result<void> RemoveFile(const std::string& path) = 0;
  virtual Result<void> RemoveTree(const std::string& path) = 0;

  // Takes an exclusive lock on a file that is made if need be and stays when the lock goes.
  // DATA_DIR_IN_USE: another process, or this one, holds it; the message names the directory.
  virtual Result<std::unique_ptr<FileLock>> LockFile(const std::string& path) = 0;

  // Which file system holds `path`: what one SyncAll covers has the same number. The same one for
  // all paths where there is but one.
  virtual Result<std::uint64_t> DeviceOf(const std::string& path) {
    (void)path;
    return 0;
  }

  // Bytes that may still be written to the file system that holds `path`.
  virtual Result<std::int64_t> FreeBytes(const std::string& path) = 0;

  // The machine's own file system; lives for ever.
  static FileSystem& Real();
};

}  // namespace strata::storage
