// A RocksDB database as the stores need it: ordered maps of bytes ("families") under one log, with
// the options chosen once for all, and errors as ours. No RocksDB header is needed to use it.
//
// Two kinds. *Truth* is written through a log: what was written with `sync` survives a power cut,
// a torn end of the log is cut off, and a hole in it is an error, never a silent step back in time.
// An *index* has no log: what was written since the last Sync is lost with the process, all
// families together, so that the rest is as of one moment. It can be deleted and built anew.
//
// Errors: CORRUPT_LOG when a checksum or a file is wrong, DISK_FULL, IO_ERROR; the message names
// the directory. RocksDB's own warnings go to the log of the broker. The first failed write or Sync
// sticks: every later one fails with the same code, and changes nothing, until the database has
// been opened anew, because nobody knows what it left on disk. Reading goes on.
//
// A write that has failed is never seen by those who read. What it left in the log of a truth is
// taken out by Reopen; only if the process ends before, it may be found at the next start.
//
// Threads: every method may be called from any thread; all may wait for the disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace rocksdb {
class ColumnFamilyHandle;
}

namespace strata::storage {

class RocksBatch;

// Names one family of one database; a small value, valid as long as the RocksDb.
class RocksFamily {
 public:
  explicit RocksFamily(rocksdb::ColumnFamilyHandle* handle) : handle_(handle) {}
  rocksdb::ColumnFamilyHandle* handle() const { return handle_; }

 private:
  rocksdb::ColumnFamilyHandle* handle_;
};

struct RocksDbOptions {
  enum class Kind { kTruth, kIndex };

  std::string directory;
  Kind kind = Kind::kTruth;
  std::vector<std::string> families;
  // Makes the directory, the database and families that are missing, durably. Without it, what is
  // missing is CORRUPT_LOG.
  bool create = false;
  FileSystem* file_system = &FileSystem::Real();  // not owned; outlives the database
  // Only looks: no file of it is made or changed, nothing is locked, and Write and Sync must not be
  // called. Nobody else may have it open. Excludes `create`.
  bool read_only = false;
  // With `read_only`: reads on where something is missing in the logs (rocks_repair.h).
  bool salvage = false;
};

struct RocksEntry {
  std::string key;
  std::string value;
};

class RocksDb {
 public:
  // Gets entries in the order of their keys; returns false to stop.
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

  static Result<std::unique_ptr<RocksDb>> Open(const RocksDbOptions& options);

  // Closes it. What an index was not asked to Sync is written too, if the disk allows.
  ~RocksDb();

  // `name` must be one that Open was given.
  RocksFamily Family(std::string_view name) const;

  Result<std::optional<std::string>> Get(RocksFamily family, std::string_view key) const;

  // The last entry whose key is `key` or before it; nothing if there is none.
  Result<std::optional<RocksEntry>> FindAtOrBefore(RocksFamily family, std::string_view key) const;

  // Visits begin <= key < end as of one moment. An empty `end` stands for the end of the family.
  Result<void> Scan(RocksFamily family, std::string_view begin, std::string_view end,
                    const Visitor& visit) const;

  // Visits all of a family, the last key first, as of one moment.
  Result<void> ScanBackwards(RocksFamily family, const Visitor& visit) const;

  // Visits the keys with the prefix, as of one moment.
  Result<void> ScanPrefix(RocksFamily family, std::string_view prefix, const Visitor& visit) const;

  // Adds to `batch` the deletion of every key begin <= key < end that is there now. One by one:
  // where a range was deleted as such, RocksDB 7.8 frees memory twice if a read beside it fails.
  Result<void> DeleteRange(RocksFamily family, std::string_view begin, std::string_view end,
                           RocksBatch* batch) const;

  // Applies a batch atomically. With `sync` it, and all that was written before, is on disk when
  // this returns; calls of several threads share a flush. An index ignores `sync`.
  Result<void> Write(RocksBatch& batch, bool sync);

  // All that was written is on disk when this returns.
  Result<void> Sync();

  // The first failure that sticks. Does not wait for the disk.
  Result<void> health() const;

  // For a truth that has failed: closes it, takes out what failed, and opens it as a start of the
  // process would, so that it takes writes again; all others wait meanwhile. Does nothing if it is
  // well. Not tried before the disk has room for it and takes writes, because where it fails half
  // way (the same errors as of Open) nothing can be read either, until it succeeds. Families and
  // batches stay valid.
  Result<void> Reopen();

  RocksDb(const RocksDb&) = delete;
  RocksDb& operator=(const RocksDb&) = delete;

 private:
  class Impl;
  explicit RocksDb(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

// The first key after all keys with the prefix; empty if there is none.
std::string PrefixEnd(std::string_view prefix);

}  // namespace strata::storage
