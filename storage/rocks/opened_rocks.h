// For the .cc files of this folder alone: a database of RocksDB's while it is open, with all that
// it stands on.
#pragma once

#include <memory>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "proto/base/error.h"
#include "storage/rocks/rocks_db.h"
#include "storage/rocks/synced_marks.h"

namespace strata::storage {

class OpenedRocks {
 public:
  // Errors as RocksDb::Open.
  static Result<std::unique_ptr<OpenedRocks>> Open(const RocksDbOptions& options);

  ~OpenedRocks();
  OpenedRocks(const OpenedRocks&) = delete;
  OpenedRocks& operator=(const OpenedRocks&) = delete;

  rocksdb::DB& db() { return *db_; }
  // RocksDB's own family, and then those of the options, in their order.
  const std::vector<rocksdb::ColumnFamilyHandle*>& handles() const { return handles_; }

 private:
  OpenedRocks() = default;

  std::unique_ptr<SyncedMarks> marks_;  // of a truth
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace strata::storage
